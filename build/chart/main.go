// Renders a Helm chart without Helm: text/template and sprig, with the few functions and objects of Helm that our chart uses. Prints a JSON
// array of {"source", "document"}, so that whoever reads it needs no YAML.
//
//	render CHART [--release NAME] [--namespace NAME] [--kube VERSION] [-f FILE]... [--set PATH=YAML]...
//	render --documents < FILE      the documents of a YAML stream, as Helm prints it
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 1 && arguments[0] == "--documents" {
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		return print(documentsOf("", string(text)))
	}
	options, err := parse(arguments)
	if err != nil {
		return err
	}
	chart, err := load(options.chart)
	if err != nil {
		return err
	}
	values, err := valuesOf(chart, options)
	if err != nil {
		return err
	}
	return print(chart.render(values, options))
}

func print(documents []document, err error) error {
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(documents)
}

type options struct {
	chart, release, namespace, kube string
	files, sets                     []string
}

func parse(arguments []string) (options, error) {
	result := options{release: "coordinator", namespace: "default", kube: "v1.30.0"}
	for i := 0; i < len(arguments); i++ {
		name := arguments[i]
		if !strings.HasPrefix(name, "-") {
			result.chart = name
			continue
		}
		i++
		if i >= len(arguments) {
			return result, fmt.Errorf("%s needs a value", name)
		}
		switch name {
		case "--release":
			result.release = arguments[i]
		case "--namespace":
			result.namespace = arguments[i]
		case "--kube":
			result.kube = arguments[i]
		case "-f":
			result.files = append(result.files, arguments[i])
		case "--set":
			result.sets = append(result.sets, arguments[i])
		default:
			return result, fmt.Errorf("unknown option %s", name)
		}
	}
	if result.chart == "" {
		return result, fmt.Errorf("which chart?")
	}
	return result, nil
}
