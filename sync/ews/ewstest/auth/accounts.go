package auth

import "strings"

// account finds the account that a domain and a user name mean, and its password.
func (h *Handler) account(domain, user string) (account, password string, ok bool) {
	account = user
	if local, dns, upn := strings.Cut(user, "@"); upn {
		if !strings.EqualFold(dns, h.options.DNSDomain) {
			return "", "", false
		}
		account = local
	}
	if domain != "" && !strings.EqualFold(domain, h.options.Domain) && !strings.EqualFold(domain, h.options.DNSDomain) {
		return "", "", false
	}
	account = strings.ToLower(account)
	if account == "" || h.options.Accounts == nil {
		return "", "", false
	}
	password, ok = h.options.Accounts(account)
	return account, password, ok
}

// passes counts a try and says whether the account may enter: with the right password, and not locked.
func (h *Handler) passes(account string, right bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !right {
		h.bad[account]++
		h.row[account]++
		return false
	}
	if h.options.LockoutAfter > 0 && h.row[account] >= h.options.LockoutAfter {
		return false
	}
	h.row[account] = 0
	return true
}

// BadPasswords is how often an account, by its bare name, was tried with a wrong password.
func (h *Handler) BadPasswords(account string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bad[strings.ToLower(account)]
}

// Locked reports whether an account is locked.
func (h *Handler) Locked(account string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.options.LockoutAfter > 0 && h.row[strings.ToLower(account)] >= h.options.LockoutAfter
}

// Unlock lets a locked account in again.
func (h *Handler) Unlock(account string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.row[strings.ToLower(account)] = 0
}
