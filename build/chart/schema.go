package main

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
)

// check tells what of a value does not fit a JSON schema: the part of draft 7 that our schema uses. A word it does not know is a complaint.
func check(at string, value interface{}, schema map[string]interface{}) []string {
	complaints := []string{}
	add := func(text string, arguments ...interface{}) {
		where := at
		if where == "" {
			where = "(root)"
		}
		complaints = append(complaints, "- "+where+": "+fmt.Sprintf(text, arguments...))
	}
	for _, word := range sorted(schema) {
		rule := schema[word]
		switch word {
		case "$schema", "title", "description":
		case "type":
			if !isOf(value, rule) {
				add("Invalid type. Expected: %v", rule)
			}
		case "enum":
			if !contains(rule.([]interface{}), value) {
				add("must be one of the following: %v", rule)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(text) {
				add("Does not match pattern '%v'", rule)
			}
		case "minimum":
			if number, ok := value.(float64); ok && number < rule.(float64) {
				add("Must be greater than or equal to %v", rule)
			}
		case "maximum":
			if number, ok := value.(float64); ok && number > rule.(float64) {
				add("Must be less than or equal to %v", rule)
			}
		case "required":
			if object, ok := value.(map[string]interface{}); ok {
				for _, name := range rule.([]interface{}) {
					if _, has := object[name.(string)]; !has {
						add("%v is required", name)
					}
				}
			}
		case "properties", "additionalProperties":
			// Together, below.
		case "items":
			if list, ok := value.([]interface{}); ok {
				for i, item := range list {
					complaints = append(complaints, check(fmt.Sprintf("%s.%d", at, i), item, rule.(map[string]interface{}))...)
				}
			}
		default:
			add("the schema says '%s', which is not checked here", word)
		}
	}
	return append(complaints, checkMembers(at, value, schema)...)
}

func checkMembers(at string, value interface{}, schema map[string]interface{}) []string {
	complaints := []string{}
	object, ok := value.(map[string]interface{})
	if !ok {
		return complaints
	}
	known, _ := schema["properties"].(map[string]interface{})
	for _, name := range sorted(object) {
		inner := name
		if at != "" {
			inner = at + "." + name
		}
		if rule, has := known[name]; has {
			complaints = append(complaints, check(inner, object[name], rule.(map[string]interface{}))...)
		} else if other, isRule := schema["additionalProperties"].(map[string]interface{}); isRule {
			complaints = append(complaints, check(inner, object[name], other)...)
		} else if schema["additionalProperties"] == false {
			where := at
			if where == "" {
				where = "(root)"
			}
			complaints = append(complaints, fmt.Sprintf("- %s: Additional property %s is not allowed", where, name))
		}
	}
	return complaints
}

func isOf(value interface{}, kinds interface{}) bool {
	if list, ok := kinds.([]interface{}); ok {
		for _, kind := range list {
			if isOf(value, kind) {
				return true
			}
		}
		return false
	}
	switch kinds {
	case "null":
		return value == nil
	case "integer":
		number, ok := value.(float64)
		return ok && number == float64(int64(number))
	}
	names := map[string]reflect.Kind{"string": reflect.String, "number": reflect.Float64, "boolean": reflect.Bool, "object": reflect.Map, "array": reflect.Slice}
	return value != nil && reflect.TypeOf(value).Kind() == names[fmt.Sprint(kinds)]
}

func contains(list []interface{}, value interface{}) bool {
	for _, item := range list {
		if reflect.DeepEqual(item, value) {
			return true
		}
	}
	return false
}

func sorted(object map[string]interface{}) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
