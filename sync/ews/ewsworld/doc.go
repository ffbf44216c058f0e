// Package ewsworld holds tests of whole runs between organizations over HTTP: every request that writes is made to fail in every way that
// a network and a server have, histories are lived at random, and publishers are watched.
package ewsworld
