package ewstest

import (
	"net/http"
	"strings"

	"iorepl/sync/ews/ewstest/auth"
)

// routes is the web site.
func (s *Server) routes() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user := auth.User(r.Context())
		switch strings.ToLower(r.URL.Path) {
		case "/ews/exchange.asmx":
			s.exchange(w, r, user)
		case "/autodiscover/autodiscover.xml":
			if s.options.SOAPDiscovery {
				http.NotFound(w, r)
				return
			}
			s.autodiscoverPOX(w, r)
		case "/autodiscover/autodiscover.svc":
			if s.options.Profile == Exchange2007SP1 || s.options.Profile == Grommunio {
				http.NotFound(w, r)
				return
			}
			s.autodiscoverSOAP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// schemes are what a profile announces unless Options say otherwise. grommunio lists Basic first and carries NTLM in Negotiate.
func schemes(p Profile) []string {
	if p == Grommunio {
		return []string{"Basic", "Negotiate"}
	}
	return []string{"Negotiate", "NTLM", "Basic"}
}

// accountPassword is what the login asks.
func (s *Server) accountPassword(name string) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if a := s.byName(name); a != nil {
		return a.password, true
	}
	return "", false
}

// BadPasswords is how often somebody tried to log in to an account, by its name, with a wrong password.
func (s *Server) BadPasswords(name string) int { return s.auth.BadPasswords(name) }

// Unlock lets a locked account in again.
func (s *Server) Unlock(name string) { s.auth.Unlock(name) }
