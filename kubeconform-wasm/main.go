// kubeconform for WebAssembly (GOOS=js GOARCH=wasm).
//
// Every verdict is kubeconform's own: its splitter finds the documents, its
// validator (always strict) judges them, and its own code compiles the schemas.
// This file only replaces where schemas come from (JavaScript instead of disk
// or network) and spells the results out as JSON for index.js.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall/js"
	"unsafe"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yannh/kubeconform/pkg/registry"
	"github.com/yannh/kubeconform/pkg/resource"
	"github.com/yannh/kubeconform/pkg/validator"
	yamlv2 "go.yaml.in/yaml/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"sigs.k8s.io/yaml"
)

// host is the object index.js gives this program; js.Global() is not the page's.
var host = js.Global().Get("kubeconform")

func main() {
	host.Call("ready", js.FuncOf(func(_ js.Value, args []js.Value) any {
		go answer(args[0].String(), args[1].String(), args[2])
		return nil
	}))
	select {}
}

// answer calls done(failure, verdicts): one of the two is null.
func answer(manifests, kubernetes string, done js.Value) {
	// index.js starts Go with a higher GOGC, so that nothing is collected before the
	// first verdict. From then on this: the heap is small, so memory for speed.
	defer debug.SetGCPercent(400)
	defer func() {
		if r := recover(); r != nil {
			done.Invoke(fmt.Sprintf("kubeconform panicked: %v", r), nil)
		}
	}()
	v, err := judgeFor(kubernetes)
	if err != nil {
		done.Invoke(err.Error(), nil)
		return
	}
	text, err := json.Marshal(v.judgeAll([]byte(manifests)))
	if err != nil {
		done.Invoke(err.Error(), nil)
		return
	}
	done.Invoke(nil, string(text))
}

type documentError struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

type verdict struct {
	Index      int             `json:"index"`
	Item       *int            `json:"item,omitempty"`
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Name       string          `json:"name"`
	Namespace  string          `json:"namespace"`
	Status     string          `json:"status"`
	Errors     []documentError `json:"errors"`
}

func (v *verdict) fail(status, message string) {
	v.Status, v.Errors = status, []documentError{{Message: message}}
}

// --- schemas ---

type judge struct {
	validator.Validator
	schemas map[string]*entry // by apiVersion and kind, as the validator keeps them
}

// entry is what is known of a schema. Its lock makes calls that need the same schema
// at once wait for one reading of it.
type entry struct {
	sync.Mutex
	schema  *jsonschema.Schema
	missing bool
}

// One validator for each Kubernetes version: each keeps its compiled schemas.
var judges = map[string]*judge{}

type downloadFunc = func([]registry.Registry, jsonschema.SchemeURLLoader, string, string, string) (*jsonschema.Schema, error)

func judgeFor(kubernetes string) (*judge, error) {
	if j := judges[kubernetes]; j != nil {
		return j, nil
	}
	// The location is never read: see below.
	val, err := validator.New([]string{"unused.json"}, validator.Opts{Strict: true, KubernetesVersion: kubernetes})
	if err != nil {
		return nil, err
	}
	j := &judge{val, map[string]*entry{}}

	// kubeconform has no public way to supply schemas other than files and HTTP,
	// and it drops the reason when a schema does not compile (and remembers the
	// schema as missing). Its validator does have one replaceable function for
	// "get me the schema of this kind"; put ours there. The field is private, so
	// this depends on the pinned version: another one fails here, at once.
	field := reflect.ValueOf(val).Elem().FieldByName("schemaDownload")
	if !field.IsValid() || field.Type() != reflect.TypeFor[downloadFunc]() {
		return nil, errors.New("this kubeconform's validator has no schemaDownload")
	}
	download := (*downloadFunc)(unsafe.Pointer(field.UnsafeAddr()))
	compile := *download
	*download = func(_ []registry.Registry, _ jsonschema.SchemeURLLoader, kind, apiVersion, _ string) (*jsonschema.Schema, error) {
		if !wellFormed.MatchString(apiVersion + " " + kind) {
			return nil, unknownKind(kind) // never ask the source for "../../x"
		}
		id := apiVersion + " " + kind
		e := j.schemas[id]
		if e == nil {
			e = &entry{}
			j.schemas[id] = e
		}
		e.Lock()
		defer e.Unlock()
		if e.schema != nil {
			return e.schema, nil
		}
		if e.missing {
			// An error, not the nil schema kubeconform has for this: its cache
			// would keep that under a key that different kinds can share.
			return nil, unknownKind(kind)
		}
		group, version, found := strings.Cut(apiVersion, "/")
		if !found {
			group, version = "", apiVersion
		}
		path, text, err := ask(group, version, strings.ToLower(kind), kubernetes)
		if err != nil {
			return nil, err
		}
		if text == nil {
			e.missing = true
			return nil, unknownKind(kind)
		}
		if e.schema, err = compileWith(compile, path, *text); err != nil {
			return nil, fmt.Errorf("unusable schema %s: %w", path, err)
		}
		return e.schema, nil
	}
	judges[kubernetes] = j
	return j, nil
}

// unknownKind says that there is no schema, in kubeconform's words.
type unknownKind string

func (kind unknownKind) Error() string { return "could not find schema for " + string(kind) }

// What an apiVersion and kind must look like to have a schema at all.
var wellFormed = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?v[0-9][a-z0-9]* [A-Za-z][A-Za-z0-9]*$`)

// ask gets a schema's text from JavaScript; nil when there is none.
func ask(group, version, kind, kubernetes string) (path string, text *string, err error) {
	answered := make(chan struct{})
	callback := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if args[1].Type() == js.TypeString {
			err = errors.New(args[1].String())
		} else if args[2].Type() == js.TypeString {
			s := args[2].String()
			text = &s
		}
		path = args[0].String()
		close(answered)
		return nil
	})
	defer callback.Release()
	host.Call("ask", group, version, kind, kubernetes, callback)
	<-answered
	return
}

// ready is a registry that holds one schema.
type ready struct {
	path   string
	schema any
}

func (r ready) DownloadSchema(_, _, _ string) (string, any, error) { return r.path, r.schema, nil }

// compileWith has kubeconform compile a schema, and finds out why when it could not.
func compileWith(compile downloadFunc, path, text string) (*jsonschema.Schema, error) {
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if parsed == nil {
		return nil, errors.New("it is null")
	}
	// No loader: a $ref to another file or to the network is an error, not a request.
	none := jsonschema.SchemeURLLoader{}
	schema, err := compile([]registry.Registry{ready{path, parsed}}, none, "", "", "")
	if schema != nil || err != nil {
		return schema, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(none)
	c.DefaultDraft(jsonschema.Draft4)
	if err := c.AddResource(path, parsed); err != nil {
		return nil, err
	}
	if _, err = c.Compile(path); err == nil {
		err = errors.New("it does not compile")
	}
	return nil, err
}

// --- documents ---

// judgeAll gives the verdicts of all documents. It uses kubeconform's splitting
// function without its scanner, which drops a last separator line that has no
// line end together with the document before it.
func (j *judge) judgeAll(manifests []byte) []verdict {
	verdicts := []verdict{}
	index := 0
	skipped := "" // what stood on the separator line before this document
	rest := manifests
	if bytes.HasPrefix(rest[bytes.LastIndexByte(rest, '\n')+1:], []byte("---")) {
		rest = append(rest, '\n')
	}
	for len(rest) > 0 || skipped != "" {
		n, doc, _ := resource.SplitYAMLDocument(rest, true)
		if n == 0 {
			n, doc = len(rest), rest
		}
		var found []verdict
		hasContent := true
		if skipped != "" {
			found = []verdict{{}}
			found[0].fail("error", fmt.Sprintf("kubeconform does not read what stands on the line of a document separator: %q", skipped))
		} else {
			found, hasContent = j.judgeDocument(doc)
		}
		for _, v := range found {
			v.Index = index
			verdicts = append(verdicts, v)
		}
		if hasContent {
			index++
		}
		skipped = ""
		if line, ok := bytes.CutPrefix(rest[len(doc):n], []byte("\n---")); ok {
			if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
				skipped = string(line[:min(len(line), 80)])
			}
		}
		rest = rest[n:]
	}
	return verdicts
}

// judgeDocument gives no verdict for a document without content, and one for
// each item of a List.
func (j *judge) judgeDocument(doc []byte) (verdicts []verdict, hasContent bool) {
	res := resource.Resource{Bytes: doc}
	if mayHideDocuments(doc) {
		// kubeconform reads the first YAML document and is silent about the others.
		d := yamlv2.NewDecoder(bytes.NewReader(doc))
		var ignored struct{}
		var wrongType *yamlv2.TypeError
		// Any other error is kubeconform's to report.
		if err := d.Decode(&ignored); err == nil || errors.As(err, &wrongType) {
			if d.Decode(&ignored) != io.EOF {
				v := j.name(res)
				v.fail("error", "more YAML follows in this document: kubeconform needs a line \"---\" between documents and reads only the first")
				return []verdict{v}, true
			}
		}
	}
	// Finding out whether this is a List costs kubeconform one more parse of every
	// document; one that never says "list" cannot be one.
	if bytes.Contains(bytes.ToLower(doc), []byte("list")) {
		if s, err := res.Signature(); err == nil && strings.ToLower(s.Kind) == "list" {
			return j.judgeList(res), true
		}
		res = resource.Resource{Bytes: doc} // forget the signature: ValidateResource finds its own, more exact one
	}
	if v, ok := j.judgeResource(res); ok {
		return []verdict{v}, true
	}
	return nil, false
}

// mayHideDocuments tells whether a second YAML document can follow inside what
// kubeconform's splitter takes for one. That is not so in the ordinary case, a
// mapping whose first key starts a line, without other document markers.
func mayHideDocuments(doc []byte) bool {
	for _, mark := range []string{"\n...", "\r...", "\r---", "\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(doc, []byte(mark)) {
			return true
		}
	}
	doc = bytes.TrimPrefix(doc, []byte("\ufeff"))
	for line := range bytes.Lines(doc) {
		content := bytes.TrimSpace(bytes.TrimPrefix(line, []byte("---")))
		if len(content) == 0 || content[0] == '#' {
			continue
		}
		return !firstKey.Match(line[:min(len(line), 1)])
	}
	return false
}

var firstKey = regexp.MustCompile(`[A-Za-z"']`)

func (j *judge) judgeList(list resource.Resource) []verdict {
	// kubeconform ignores every error in the List around its items.
	broken := j.name(list)
	var m map[string]any
	if err := yaml.UnmarshalStrict(list.Bytes, &m); err != nil {
		broken.fail("error", fmt.Sprintf("error unmarshalling resource: %s", err))
		return []verdict{broken}
	}
	items, isArray := m["items"].([]any)
	resources := list.Resources()
	if !isArray || len(items) != len(resources) {
		broken.fail("error", "the items of this List are not a list")
		return []verdict{broken}
	}
	verdicts := []verdict{}
	for i, item := range resources {
		v, ok := j.judgeResource(item)
		if !ok {
			v.fail("error", "this item of the List is empty")
		}
		v.Item = &i
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// judgeResource is kubeconform's verdict on one resource; not ok when it is empty.
func (j *judge) judgeResource(res resource.Resource) (v verdict, ok bool) {
	result := j.ValidateResource(res)
	v = j.name(result.Resource)
	switch result.Status {
	case validator.Empty:
		return v, false
	case validator.Valid:
		v.Status, v.Errors = "valid", []documentError{}
	case validator.Invalid:
		v.Status, v.Errors = "invalid", j.errorsOf(result)
	default:
		v.fail("error", result.Err.Error())
	}
	unknown := unknownKind(v.Kind)
	// A kind that is not well formed can share kubeconform's cache key with one that is.
	shared := result.Status != validator.Error && !wellFormed.MatchString(v.APIVersion+" "+v.Kind)
	if shared || errors.As(result.Err, &unknown) {
		v.fail("unknown kind", unknown.Error())
	}
	return v, true
}

func (j *judge) name(res resource.Resource) verdict {
	s, _ := res.Signature()
	return verdict{APIVersion: s.Version, Kind: s.Kind, Name: s.Name, Namespace: s.Namespace}
}

var english = message.NewPrinter(language.English)

// errorsOf gives the innermost errors with exact JSON pointers. kubeconform's own
// list has only the outermost level and joins keys that contain "/" unescaped, so
// the very schema it used is asked once more.
func (j *judge) errorsOf(result validator.Result) []documentError {
	found := []documentError{}
	var collect func(e *jsonschema.ValidationError)
	collect = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			pointer := ""
			for _, segment := range e.InstanceLocation {
				pointer += "/" + pointerEscape.Replace(segment)
			}
			found = append(found, documentError{pointer, e.ErrorKind.LocalizedString(english)})
		}
		for _, cause := range e.Causes {
			collect(cause)
		}
	}
	s, _ := result.Resource.Signature()
	var m map[string]any
	if known := j.schemas[s.Version+" "+s.Kind]; known != nil && yaml.UnmarshalStrict(result.Resource.Bytes, &m) == nil {
		var e *jsonschema.ValidationError
		if errors.As(known.schema.Validate(m), &e) {
			collect(e)
		}
	}
	if len(found) == 0 {
		found = append(found, documentError{"", result.Err.Error()})
	}
	// The schema validator walks Go maps: without sorting the order would change from call to call.
	slices.SortFunc(found, func(a, b documentError) int {
		return strings.Compare(a.Path+"\x00"+a.Message, b.Path+"\x00"+b.Message)
	})
	return slices.Compact(found)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")
