using System.Net;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Rest;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Rest;

public sealed class OpenApiDocumentTests(IngestFixture ingest)
{
    private static readonly List<RestOperation> All = [.. AccessTable.Descriptors.Values.SelectMany(RestOperation.Of)];
    private static readonly JsonObject Document = OpenApiDocument.Create("all", All);

    [Fact]
    public void Operations_are_exactly_the_public_and_peoples_methods_with_an_http_rule()
    {
        var expected = AccessTable.Descriptors.Values
            .Where(m => AccessTable.Of(m) is Access.Public or Access.People or Access.PublicOrPeople && m.GetOptions().HasExtension(Google.Api.AnnotationsExtensions.Http))
            .Select(m => $"{m.Service.FullName}/{m.Name}").Order(StringComparer.Ordinal).ToList();
        var described = Operations(Document).Select(o => (string)o["x-grpc-method"]!).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, described);
        Assert.DoesNotContain(described, m => AccessTable.Methods["/" + m] == Access.Internal);
    }

    [Fact]
    public void Security_of_each_operation_is_that_of_its_access()
    {
        Assert.All(Operations(Document), o => Assert.Equal(
            AccessTable.Methods["/" + o["x-grpc-method"]] switch
            {
                Access.People => ["person"],
                Access.PublicOrPeople => ["apiKey", "person"],
                _ => ["apiKey"],
            },
            o["security"]!.AsArray().Select(kind => Assert.Single(kind!.AsObject()).Key)));
    }

    [Fact]
    public void References_all_resolve()
    {
        var references = Nodes(Document).OfType<JsonObject>().Where(o => o.ContainsKey("$ref")).Select(o => (string?)o["$ref"]).Distinct().ToList();
        Assert.NotEmpty(references);
        var schemas = Document["components"]!["schemas"]!.AsObject();
        Assert.All(references, r => Assert.True(schemas.ContainsKey(r!["#/components/schemas/".Length..]), r));
    }

    [Fact]
    public void Descriptions_are_on_every_schema_property_parameter_and_operation()
    {
        var properties = Nodes(Document).OfType<JsonObject>().Where(o => o["properties"] is JsonObject && o["type"] is not null)
            .SelectMany(o => o["properties"]!.AsObject().Select(p => (p.Key, Description: (string?)p.Value!["description"]))).ToList();
        Assert.True(properties.Count > 50, $"{properties.Count} properties");
        Assert.All(properties, p => Assert.False(string.IsNullOrWhiteSpace(p.Description), p.Key));
        Assert.All(Document["components"]!["schemas"]!.AsObject(), s => Assert.False(string.IsNullOrWhiteSpace((string?)s.Value!["description"]), s.Key));
        Assert.All(Operations(Document), o =>
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)o["description"]));
            Assert.All(o["parameters"]?.AsArray() ?? [], p => Assert.False(string.IsNullOrWhiteSpace((string?)p!["description"])));
        });
    }

    [Fact]
    public void Fields_have_the_forms_of_proto_json()
    {
        var schemas = Document["components"]!["schemas"]!;
        Assert.Equal("int64", (string?)schemas["Post"]!["properties"]!["revision"]!["format"]);
        Assert.Equal("string", (string?)schemas["Post"]!["properties"]!["revision"]!["type"]);
        Assert.Equal("date-time", (string?)schemas["Post"]!["properties"]!["postTime"]!["format"]);
        Assert.Equal("base64", (string?)schemas["Media"]!["properties"]!["inlineContent"]!["contentEncoding"]);
        Assert.Equal("google-duration", (string?)schemas["SubmitPostRequest"]!["properties"]!["wait"]!["format"]);
        Assert.Equal(["AUDIENCE_PUBLIC", "AUDIENCE_PRIVATE"], schemas["Audience"]!["enum"]!.AsArray().Select(v => (string?)v));
        Assert.Equal("#/components/schemas/Measure", (string?)schemas["Decision"]!["properties"]!["measures"]!["items"]!["$ref"]);
    }

    [Fact]
    public void Path_fields_are_parameters_and_not_in_the_body()
    {
        var key = Document["paths"]!["/v1/tenants/{tenantId}/keys"]!["post"]!;
        Assert.Equal("tenantId", (string?)Assert.Single(key["parameters"]!.AsArray())!["name"]);
        var body = key["requestBody"]!["content"]!["application/json"]!;
        Assert.Equal(["keyId", "scopes", "expireTime"], body["schema"]!["properties"]!.AsObject().Select(p => p.Key));
        var list = Document["paths"]!["/v1/banks/{bankId}/entries"]!["get"]!["parameters"]!.AsArray();
        Assert.Equal(["bankId:path", "pageSize:query", "pageToken:query", "state:query"], list.Select(p => $"{p!["name"]}:{p["in"]}"));
        Assert.True(Document["paths"]!.AsObject().ContainsKey("/v1/banks/{entry.bankId}/entries"));
    }

    [Fact]
    public void Errors_name_the_reasons_of_the_comment_by_http_status()
    {
        var responses = Document["paths"]!["/v1/posts"]!["post"]!["responses"]!;
        Assert.True(responses["409"]!["x-error-reasons"]!.AsObject().ContainsKey("REQUEST_ID_REUSED"));
        Assert.True(responses["429"]!["x-error-reasons"]!.AsObject().ContainsKey("OVERLOADED"));
        Assert.True(responses["503"]!["x-error-reasons"]!.AsObject().ContainsKey("DEPENDENCY_UNAVAILABLE"));
        Assert.Equal("ndjson", (string?)Document["paths"]!["/v1/decisions:watch"]!["get"]!["responses"]!["200"]!["x-stream"]);
    }

    [Fact]
    public void Reasons_that_comments_name_are_reasons_of_the_contract()
    {
        var reasons = ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason)).Values.Select(v => v.Name["ERROR_REASON_".Length..]).ToHashSet();
        foreach (var method in AccessTable.Descriptors.Values)
        {
            var errors = OpenApiDocument.Comment(method.FullName).Split("\n\n").Where(p => p.StartsWith("Errors:", StringComparison.Ordinal));
            var named = errors.SelectMany(e => e["Errors:".Length..].Split(';')[0].Split(',', StringSplitOptions.TrimEntries)).Select(n => n.TrimEnd('.'));
            Assert.All(named, n => Assert.Contains(n, reasons));
        }
    }

    [Fact]
    public void Examples_are_there_for_each_operation_and_are_requests()
    {
        using var stream = typeof(AccessReflection).Assembly.GetManifestResourceStream("examples.json")!;
        var examples = JsonNode.Parse(stream)!.AsObject();
        Assert.Equal(All.Select(o => o.Method.FullName).Distinct().Order(StringComparer.Ordinal), examples.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.All(All, o => JsonParser.Default.Parse(examples[o.Method.FullName]!.ToJsonString(), o.Method.InputType));
    }

    [Fact]
    public async Task Ingest_serves_its_own_description_with_the_upload_and_the_page()
    {
        var served = JsonNode.Parse(await ingest.Rest.GetStringAsync("/openapi.json"))!.AsObject();
        Assert.Equal(
            ["/v1/posts", "/v1/media", "/v1/posts/{postId}", "/v1/decisions:watch", "/v1/posts/{postId}:withdraw"], served["paths"]!.AsObject().Select(p => p.Key));
        Assert.NotNull(served["paths"]!["/v1/media"]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]!["schema"]!["properties"]!["file"]);

        using var page = await ingest.Rest.GetAsync("/docs");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("content-security-policy").Single(), StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonObject> Operations(JsonObject document)
        => document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!.AsObject());

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject inner => inner.Where(p => p.Value is not null).SelectMany(p => Nodes(p.Value!)).Prepend(inner),
        JsonArray list => list.OfType<JsonNode>().SelectMany(Nodes),
        _ => [node],
    };
}
