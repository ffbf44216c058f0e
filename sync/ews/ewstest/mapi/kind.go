package mapi

// kind is a MAPI property type (MS-OXCDATA 2.11.1).
type kind uint16

const (
	kShort    kind = 0x0002
	kInteger  kind = 0x0003
	kFloat    kind = 0x0004
	kDouble   kind = 0x0005
	kCurrency kind = 0x0006
	kAppTime  kind = 0x0007
	kBoolean  kind = 0x000B
	kLong     kind = 0x0014
	kString   kind = 0x001F
	kTime     kind = 0x0040
	kCLSID    kind = 0x0048
	kBinary   kind = 0x0102
	kArray    kind = 0x1000
	kStrings       = kString | kArray
)

// kinds are the values of PropertyType that can be stored (MS-OXWSXPROP 2.1.8).
var kinds = map[string]kind{
	"Short": kShort, "Integer": kInteger, "Float": kFloat, "Double": kDouble, "Currency": kCurrency, "ApplicationTime": kAppTime,
	"Boolean": kBoolean, "Long": kLong, "String": kString, "SystemTime": kTime, "CLSID": kCLSID, "Binary": kBinary,
	"ShortArray": kShort | kArray, "IntegerArray": kInteger | kArray, "FloatArray": kFloat | kArray, "DoubleArray": kDouble | kArray,
	"CurrencyArray": kCurrency | kArray, "ApplicationTimeArray": kAppTime | kArray, "LongArray": kLong | kArray,
	"StringArray": kString | kArray, "SystemTimeArray": kTime | kArray, "CLSIDArray": kCLSID | kArray, "BinaryArray": kBinary | kArray,
}

// reported are the values of PropertyType that exist only for reporting.
var reported = map[string]bool{"Object": true, "ObjectArray": true, "Null": true, "Error": true}

// The Go types of the values that need one of their own, so that a value tells its MAPI type.
type (
	currency int64   // ten thousandths
	appTime  float64 // days since 1899-12-30
	filetime int64   // 100 ns since 1601-01-01 UTC
	clsid    string  // lower case
)

// kindOf is the type of a stored value, 0 if it is none.
func kindOf(v any) kind {
	switch v.(type) {
	case int16:
		return kShort
	case int32:
		return kInteger
	case float32:
		return kFloat
	case float64:
		return kDouble
	case currency:
		return kCurrency
	case appTime:
		return kAppTime
	case bool:
		return kBoolean
	case int64:
		return kLong
	case string:
		return kString
	case filetime:
		return kTime
	case clsid:
		return kCLSID
	case []byte:
		return kBinary
	case []int16:
		return kShort | kArray
	case []int32:
		return kInteger | kArray
	case []float32:
		return kFloat | kArray
	case []float64:
		return kDouble | kArray
	case []currency:
		return kCurrency | kArray
	case []appTime:
		return kAppTime | kArray
	case []int64:
		return kLong | kArray
	case []string:
		return kStrings
	case []filetime:
		return kTime | kArray
	case []clsid:
		return kCLSID | kArray
	case [][]byte:
		return kBinary | kArray
	}
	return 0
}
