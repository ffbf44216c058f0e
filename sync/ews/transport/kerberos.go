package transport

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	stdsync "sync"

	"github.com/jcmturner/gokrb5/v8/client"
	krbconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// kerberos makes a token for each request out of the account's ticket for the server.
type kerberos struct {
	mu     stdsync.Mutex
	client *client.Client
	spn    string
}

// newKerberos reads what the account has: a keytab, a password, or a ticket cache.
func newKerberos(c Config, host string) (k *kerberos, err error) {
	// The library indexes into damaged files without looking.
	defer func() {
		if recover() != nil {
			k, err = nil, errors.New("the keytab or the ticket cache is damaged")
		}
	}()
	conf, err := loadKRB5Config(c.KRB5Config)
	if err != nil {
		return nil, err
	}
	k = &kerberos{spn: "HTTP/" + strings.ToLower(host)}
	if c.Keytab == "" && c.Password == "" {
		k.client, err = fromTicketCache(c.TicketCache, conf)
		return k, err
	}
	user, realm, _ := strings.Cut(c.Username, "@")
	if realm == "" {
		realm = conf.LibDefaults.DefaultRealm
	}
	realm = strings.ToUpper(realm)
	if user == "" || realm == "" || strings.Contains(user, `\`) {
		return nil, fmt.Errorf("username %q is not one of user@REALM", c.Username)
	}
	// Active Directory does not know FAST here.
	fast := client.DisablePAFXFAST(true)
	if c.Keytab == "" {
		k.client = client.NewWithPassword(user, realm, c.Password, conf, fast)
		return k, nil
	}
	keys, err := keytab.Load(c.Keytab)
	if err != nil {
		return nil, fmt.Errorf("keytab %s: %w", c.Keytab, err)
	}
	var principals []string
	for _, e := range keys.Entries {
		principal := e.Principal.String()
		if principal == user+"@"+realm {
			k.client = client.NewWithKeytab(user, realm, keys, conf, fast)
			return k, nil
		}
		if len(principals) == 0 || principals[len(principals)-1] != principal {
			principals = append(principals, principal)
		}
	}
	return nil, fmt.Errorf("keytab %s has no key for %s@%s but for: %s", c.Keytab, user, realm, strings.Join(principals, ", "))
}

func loadKRB5Config(path string) (*krbconfig.Config, error) {
	asked := path != ""
	if path == "" {
		path, asked = os.LookupEnv("KRB5_CONFIG")
	}
	if path == "" {
		path, asked = "/etc/krb5.conf", false
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !asked {
		// Active Directory announces its servers in DNS.
		conf := krbconfig.New()
		conf.LibDefaults.DNSLookupKDC = true
		return conf, nil
	}
	conf, err := krbconfig.Load(path)
	var unsupported krbconfig.UnsupportedDirective
	if err != nil && !errors.As(err, &unsupported) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return conf, nil
}

func fromTicketCache(path string, conf *krbconfig.Config) (*client.Client, error) {
	if path == "" {
		path = os.Getenv("KRB5CCNAME")
	}
	path = strings.TrimPrefix(path, "FILE:")
	if path == "" {
		return nil, errors.New("neither a keytab nor a password nor a ticket cache: set keytab, or run kinit and set ticket_cache or KRB5CCNAME")
	}
	if kind, _, found := strings.Cut(path, ":"); found && len(kind) > 1 {
		return nil, fmt.Errorf("ticket cache %s is not a file: run kinit -c FILE:/path", path)
	}
	cache, err := credentials.LoadCCache(path)
	if err != nil {
		return nil, fmt.Errorf("ticket cache: %w: run kinit", err)
	}
	c, err := client.NewFromCCache(cache, conf, client.DisablePAFXFAST(true))
	if err != nil {
		return nil, fmt.Errorf("ticket cache %s: %w: run kinit", path, err)
	}
	return c, nil
}

// authorization is the header for one request. binding is that of the TLS connection, nil without one.
func (k *kerberos) authorization(binding []byte) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	token, err := k.token(binding)
	if err != nil {
		return "", err
	}
	return "Negotiate " + base64.StdEncoding.EncodeToString(token), nil
}

func (k *kerberos) token(binding []byte) (token []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			token, err = nil, fmt.Errorf("ticket for %s: %v", k.spn, r)
		}
	}()
	ticket, key, err := k.client.GetServiceTicket(k.spn)
	if err != nil {
		return nil, fmt.Errorf("no ticket for %s: %w", k.spn, err)
	}
	// The library's token, with an authenticator that has channel bindings, which the library does not know.
	mech, err := spnego.NewKRB5TokenAPREQ(k.client, ticket, key, nil, nil)
	if err != nil {
		return nil, err
	}
	authenticator, err := types.NewAuthenticator(k.client.Credentials.Domain(), k.client.Credentials.CName())
	if err != nil {
		return nil, err
	}
	authenticator.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: gssChecksum(binding)}
	if mech.APReq, err = messages.NewAPReq(ticket, key, authenticator); err != nil {
		return nil, err
	}
	negotiation, err := spnego.NewNegTokenInitKRB5(k.client, ticket, key)
	if err != nil {
		return nil, err
	}
	if negotiation.MechTokenBytes, err = mech.Marshal(); err != nil {
		return nil, err
	}
	outer := spnego.SPNEGOToken{Init: true, NegTokenInit: negotiation}
	return outer.Marshal()
}

// gssChecksum is the checksum of RFC 4121, 4.1.1: length and hash of the channel bindings, flags.
func gssChecksum(binding []byte) []byte {
	b := make([]byte, 24)
	binary.LittleEndian.PutUint32(b, 16)
	copy(b[4:20], binding)
	binary.LittleEndian.PutUint32(b[20:], gssapi.ContextFlagInteg|gssapi.ContextFlagConf)
	return b
}
