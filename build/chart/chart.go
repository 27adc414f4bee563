package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type document struct {
	Source   string      `json:"source"`
	Document interface{} `json:"document"`
}

type chart struct {
	about     map[string]interface{}
	values    map[string]interface{}
	schema    map[string]interface{}
	templates map[string]string
	files     files
}

// files are the chart's own files that are no templates, as .Files offers them.
type files map[string][]byte

func (f files) Get(name string) string      { return string(f[name]) }
func (f files) GetBytes(name string) []byte { return f[name] }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, content := range f {
		if ok, _ := path.Match(pattern, name); ok {
			found[name] = content
		}
	}
	return found
}

func (f files) Lines(name string) []string {
	return strings.Split(strings.TrimSuffix(f.Get(name), "\n"), "\n")
}

func (f files) AsConfig() string {
	flat := map[string]string{}
	for name, content := range f {
		flat[path.Base(name)] = string(content)
	}
	return toYaml(flat)
}

func (f files) AsSecrets() string {
	flat := map[string]string{}
	for name, content := range f {
		flat[path.Base(name)] = base64.StdEncoding.EncodeToString(content)
	}
	return toYaml(flat)
}

// load reads a chart's folder: Chart.yaml, values.yaml, values.schema.json, templates and everything else as files.
func load(folder string) (*chart, error) {
	result := &chart{templates: map[string]string{}, files: files{}}
	err := filepath.Walk(folder, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		switch {
		case relative == "Chart.yaml":
			result.about, err = mapOf(relative, content)
		case relative == "values.yaml":
			result.values, err = mapOf(relative, content)
		case relative == "values.schema.json":
			result.schema, err = mapOf(relative, content)
		case strings.HasPrefix(relative, "templates/"):
			result.templates[relative] = string(content)
		default:
			result.files[relative] = content
		}
		return err
	})
	if err == nil && result.about == nil {
		err = fmt.Errorf("%s: there is no Chart.yaml", folder)
	}
	return result, err
}

func mapOf(name string, content []byte) (map[string]interface{}, error) {
	result := map[string]interface{}{}
	if err := yaml.UnmarshalStrict(content, &result); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return result, nil
}

// render executes every template but those whose name begins with an underscore and the notes.
func (c *chart) render(values map[string]interface{}, options options) ([]document, error) {
	root := template.New("root").Option("missingkey=zero")
	root.Funcs(functions(root))
	names := make([]string, 0, len(c.templates))
	for name := range c.templates {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, err := root.New(c.full(name)).Parse(c.templates[name]); err != nil {
			return nil, err
		}
	}
	documents := []document{}
	for _, name := range names {
		var out bytes.Buffer
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		if err := root.ExecuteTemplate(&out, c.full(name), c.scope(values, options, name)); err != nil {
			return nil, err
		}
		text := strings.ReplaceAll(out.String(), "<no value>", "")
		if strings.HasSuffix(name, "NOTES.txt") {
			documents = append(documents, document{name, text})
			continue
		}
		found, err := documentsOf(name, text)
		if err != nil {
			return nil, err
		}
		documents = append(documents, found...)
	}
	return documents, nil
}

func (c *chart) full(name string) string { return fmt.Sprint(c.about["name"]) + "/" + name }

// scope is what a template sees as its dot.
func (c *chart) scope(values map[string]interface{}, options options, name string) map[string]interface{} {
	about := map[string]interface{}{}
	for key, value := range c.about {
		about[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return map[string]interface{}{
		"Values": values,
		"Chart":  about,
		"Files":  c.files,
		"Release": map[string]interface{}{
			"Name": options.release, "Namespace": options.namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
		"Capabilities": map[string]interface{}{
			"APIVersions": apiVersions{}, "KubeVersion": kubeVersion{options.kube},
		},
		"Template": map[string]interface{}{"Name": c.full(name), "BasePath": fmt.Sprint(c.about["name"]) + "/templates"},
	}
}

type apiVersions struct{}

// Has says yes: everything that the chart may ask for is there.
func (apiVersions) Has(string) bool { return true }

type kubeVersion struct{ Version string }

func (v kubeVersion) String() string { return v.Version }

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	own := template.FuncMap{
		"toYaml":        toYaml,
		"fromYaml":      fromYaml,
		"fromYamlArray": fromYamlArray,
		"toJson":        toJSON,
		"fromJson":      fromYaml,
		"fromJsonArray": fromYamlArray,
		"lookup":        func(string, string, string, string) map[string]interface{} { return map[string]interface{}{} },
		"required": func(message string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return value, fmt.Errorf("%s", message)
			}
			return value, nil
		},
		"fail": func(message string) (string, error) { return "", fmt.Errorf("%s", message) },
		"include": func(name string, data interface{}) (string, error) {
			var out strings.Builder
			err := root.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"tpl": func(text string, data interface{}) (string, error) {
			copied, err := root.Clone()
			if err != nil {
				return "", err
			}
			parsed, err := copied.New("tpl").Parse(text)
			if err != nil {
				return "", err
			}
			var out strings.Builder
			err = parsed.Execute(&out, data)
			return strings.ReplaceAll(out.String(), "<no value>", ""), err
		},
	}
	for name, function := range own {
		all[name] = function
	}
	return all
}
