// Command pulumi-resource-kubernetes serves Pulumi's Kubernetes provider as a plugin.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is the provider release whose commit go.mod names.
const version = "4.25.0"

// The build copies both files from the provider's module; they are not kept in this repository.
//
//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version, schema, terraformMapping)
}
