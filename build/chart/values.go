package main

import (
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/yaml"
)

// valuesOf lays files and single values over the chart's defaults, and checks the result against the chart's schema.
func valuesOf(c *chart, options options) (map[string]interface{}, error) {
	values := c.values
	for _, file := range options.files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		over, err := mapOf(file, content)
		if err != nil {
			return nil, err
		}
		values = merge(values, over)
	}
	for _, set := range options.sets {
		name, text, ok := strings.Cut(set, "=")
		if !ok {
			return nil, fmt.Errorf("--set %s: PATH=VALUE", set)
		}
		var value interface{}
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return nil, fmt.Errorf("--set %s: %w", set, err)
		}
		parts := strings.Split(name, ".")
		for i := len(parts) - 1; i >= 0; i-- {
			value = map[string]interface{}{parts[i]: value}
		}
		values = merge(values, value.(map[string]interface{}))
	}
	if c.schema != nil {
		if complaints := check("", values, c.schema); len(complaints) > 0 {
			return nil, fmt.Errorf("values don't meet the specifications of the schema(s):\n%s", strings.Join(complaints, "\n"))
		}
	}
	return values, nil
}

// merge lays maps over maps; anything else replaces, and null removes.
func merge(under, over map[string]interface{}) map[string]interface{} {
	result := map[string]interface{}{}
	for key, value := range under {
		result[key] = value
	}
	for key, value := range over {
		below, isMap := result[key].(map[string]interface{})
		above, overMap := value.(map[string]interface{})
		switch {
		case value == nil:
			delete(result, key)
		case isMap && overMap:
			result[key] = merge(below, above)
		default:
			result[key] = value
		}
	}
	return result
}
