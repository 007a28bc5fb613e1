using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>The JSON Schema for editors agrees with the compiler about the shape of documents.</summary>
public sealed class PolicySchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(DefaultPolicy.SchemaJson);

    private static bool IsValid(string yaml)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(yaml);
        stream.Load(reader);
        return Schema.Evaluate(JsonSerializer.SerializeToElement(Json(stream.Documents[0].RootNode))).IsValid;
    }

    /// <summary>As editors read YAML: plain numbers are numbers, the rest is text.</summary>
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value ?? "", Json(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    [Fact]
    public void Default_policy_is_valid() => Assert.True(IsValid(DefaultPolicy.Yaml));

    [Fact]
    public void Categories_and_measures_are_those_of_the_compiler()
    {
        var definitions = JsonNode.Parse(DefaultPolicy.SchemaJson)!["$defs"]!; // the schema is ours and has them

        Assert.Equal(TaxonomyNames.Categories.Select(TaxonomyNames.Of), Names(definitions["category"]!["enum"]!)); // as above
        Assert.Equal(
            TaxonomyNames.Measures.Where(MeasureMatrix.IsAutomatic).Select(TaxonomyNames.Of),
            Names(definitions["rule"]!["properties"]!["measures"]!["items"]!["enum"]!)); // as above
    }

    private static IEnumerable<string> Names(JsonNode list) => list.AsArray().Select(n => n!.GetValue<string>()); // an enum has no nulls

    [Theory]
    [InlineData("version: one")]
    [InlineData("version: a@1\nclauses: []\nrules: []\nextra: 1")]
    [InlineData("version: a@1\nclauses: []")]
    [InlineData("version: a@1\nclauses: []\nrules: [{ id: a }]")]
    [InlineData("version: a@1\nclauses: [{ id: a, category: DISSENT, title: T, text: T }]\nrules: []")]
    [InlineData("version: a@1\nclauses: []\nrules: [{ id: a, clause: c, category: HATE, when: 'true', measures: [TERMINATE_ACCOUNT], severity: 1 }]")]
    [InlineData("version: a@1\nclauses: []\nrules: [{ id: a, clause: c, category: HATE, when: 'true', measures: [LABEL], severity: 5 }]")]
    [InlineData("version: a@1\nincludes: [../b.yaml]")]
    [InlineData("version: a@1\nclauses: []\nrules: []\nthresholds: { low: { value: 1 } }")]
    public void Wrong_document_is_refused_by_schema_and_compiler(string yaml)
    {
        Assert.False(IsValid(yaml));
        Assert.NotEmpty(PolicyCompiler.Compile(yaml).Errors);
    }
}
