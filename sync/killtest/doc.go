// Package killtest holds tests of whole runs that end before their time: stopped before and after every write to
// an organization and to the state, and killed as a process. After the next complete run the end must be the same as if
// nothing had happened.
package killtest
