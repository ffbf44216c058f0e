package directory

import "fmt"

// maxProblems is how many problems are told in full.
const maxProblems = 100

// problems are lines for people, bounded.
type problems struct {
	first []string
	count int
}

func (p *problems) add(format string, args ...any) {
	p.count++
	if len(p.first) < maxProblems {
		p.first = append(p.first, fmt.Sprintf(format, args...))
	}
}

func (p *problems) lines() []string {
	if more := p.count - len(p.first); more > 0 {
		return append(p.first[:len(p.first):len(p.first)], fmt.Sprintf("and %d more of these", more))
	}
	return p.first
}
