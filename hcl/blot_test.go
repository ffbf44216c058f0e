package hcl

import "testing"

func TestBlotHidesPasswordsAndShowsWhereTheyComeFrom(t *testing.T) {
	for src, want := range map[string]string{
		`password = env("CONTOSO_PASSWORD")`:  `password = env("CONTOSO_PASSWORD")`,
		`password = file("secret/password")`:  `password = file("secret/password")`,
		`x = env("A_PASSWORD") # and so on`:   `x = env("A_PASSWORD") # and so on`,
		`password = "literal"`:                `password = "*******"`,
		`x = "open\npassword = "literal"`:     `x = "open\npassword = "*******"`,
		`x = "env(" password = "literal"`:     `x = "env(" password = "*******"`,
		`password = env("A_PASSWORD" "more")`: `password = env("A_PASSWORD" "****")`,
	} {
		if got := string(blot([]byte(src))); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}
