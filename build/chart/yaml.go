package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

var (
	separator = regexp.MustCompile(`(?m)^---\s*$`)
	source    = regexp.MustCompile(`(?m)^# Source: (.*)$`)
)

// documentsOf parses every document of a YAML stream; empty ones are left out, doubled keys are errors.
func documentsOf(name, text string) ([]document, error) {
	found := []document{}
	for _, part := range separator.Split(text, -1) {
		from := name
		if told := source.FindStringSubmatch(part); name == "" && told != nil {
			from = told[1][strings.Index(told[1], "/")+1:]
		}
		var content interface{}
		if err := yaml.UnmarshalStrict([]byte(part), &content); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", from, err, part)
		}
		if content != nil {
			found = append(found, document{from, content})
		}
	}
	return found, nil
}

func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func fromYaml(text string) map[string]interface{} {
	result := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(text), &result); err != nil {
		result["Error"] = err.Error()
	}
	return result
}

func fromYamlArray(text string) []interface{} {
	result := []interface{}{}
	if err := yaml.Unmarshal([]byte(text), &result); err != nil {
		result = []interface{}{err.Error()}
	}
	return result
}

func toJSON(value interface{}) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	if err := encoder.Encode(value); err != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}
