using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>
/// The OpenAPI 3.1 description of what a service serves over REST, made from the contract alone: its HTTP rules, messages, comments,
/// access and error reasons. Nothing in it is written by hand, so it can't say what the service does not do.
/// </summary>
internal static partial class OpenApiDocument
{
    private static readonly Lazy<JsonObject> Examples = new(ReadExamples);

    /// <summary>Makes it.</summary>
    /// <param name="service">The service's name, as it is deployed.</param>
    /// <param name="operations">What it serves.</param>
    public static JsonObject Create(string service, IReadOnlyList<RestOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        var schemas = new OpenApiSchemas(operations.Where(o => o.Upload is null).Select(o => o.Method.InputType));
        var paths = new JsonObject();
        foreach (var operation in operations)
        {
            var path = Variable().Replace(operation.Template, m => "{" + JsonPath(operation.Method.InputType, m.Groups[1].Value) + "}");
            if (paths[path] is not JsonObject item)
            {
                paths[path] = item = [];
            }

#pragma warning disable CA1308 // OpenAPI's names of verbs are in lower case
            item[operation.Verb.ToLowerInvariant()] = Operation(operation, schemas);
#pragma warning restore CA1308
        }

        var services = operations.Select(o => o.Method.Service).DistinctBy(s => s.FullName).ToList();
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = $"Moderation: {service}",
                ["version"] = "v1",
                ["summary"] = string.Join(' ', services.Select(s => Comment(s.FullName))),
                ["description"] = "The REST form of the gRPC contract, in proto3 JSON: names in camelCase, 64-bit numbers as strings, enums by name, "
                    + "bytes in base64. An error is a google.rpc.Status with one ErrorInfo; all wrong fields are named at once.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "This service." }),
            ["tags"] = new JsonArray([.. services.Select(s => (JsonNode)new JsonObject { ["name"] = s.Name, ["description"] = Comment(s.FullName) })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.ToJson(),
                ["securitySchemes"] = new JsonObject
                {
                    ["apiKey"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = AccessInterceptor.ApiKeyHeader,
                        ["description"] = "The API key of a tenant: mk_<key id>_<secret>.",
                    },
                    ["person"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] = "The token of a person; the acting person is its subject. Where a key may call as well and the request names no tenant, a person of several tenants names it in the header x-tenant-id.",
                    },
                },
            },
        };
    }

    /// <summary>The comment of a declaration, as one line a paragraph; empty when it has none.</summary>
    public static string Comment(string fullName)
        => string.Join("\n\n", Paragraphs(ProtoComments.OfContract.GetValueOrDefault(fullName, "")));

    // One requirement for each kind of credential, any one of which will do.
    private static JsonArray Security(AccessRule rule)
        => new([.. new[] { rule.IsPublic ? "apiKey" : null, rule.IsPeoples ? "person" : null }.OfType<string>().Select(k => new JsonObject { [k] = new JsonArray() })]);

    private static JsonObject Operation(RestOperation operation, OpenApiSchemas schemas)
    {
        var method = operation.Method;
        var paragraphs = Paragraphs(ProtoComments.OfContract.GetValueOrDefault(method.FullName, "")).ToList();
        var description = string.Join("\n\n", paragraphs.Where(p => !p.StartsWith("Errors:", StringComparison.Ordinal)));
        var example = Examples.Value[method.FullName] as JsonObject ?? [];
        var json = new JsonObject
        {
            ["operationId"] = $"{method.Service.Name}_{method.Name}",
            ["tags"] = new JsonArray(method.Service.Name),
            ["summary"] = Sentence().Match(description).Value,
            ["description"] = description,
            ["x-grpc-method"] = $"{method.Service.FullName}/{method.Name}",
            ["security"] = Security(operation.Rule),
        };
        var parameters = Parameters(operation, schemas, example);
        if (parameters.Count > 0)
        {
            json["parameters"] = parameters;
        }

        if (Body(operation, schemas, example) is { } body)
        {
            json["requestBody"] = body;
        }

        json["responses"] = Responses(operation, schemas, paragraphs);
        return json;
    }

    private static JsonArray Parameters(RestOperation operation, OpenApiSchemas schemas, JsonObject example)
    {
        var parameters = new JsonArray();
        foreach (var path in operation.Upload is null ? operation.PathFields : [])
        {
            var field = Field(operation.Method.InputType, path);
            var name = JsonPath(operation.Method.InputType, path);
            parameters.Add(Parameter("path", name, field, schemas, At(example, name)));
        }

        foreach (var (_, name, field) in operation.QueryFields())
        {
            parameters.Add(Parameter("query", name, field, schemas, At(example, name)));
        }

        return parameters;
    }

    private static JsonObject Parameter(string place, string name, FieldDescriptor field, OpenApiSchemas schemas, JsonNode? example)
    {
        var json = new JsonObject
        {
            ["name"] = name,
            ["in"] = place,
            ["required"] = place == "path",
            ["description"] = Comment(field.FullName),
            ["schema"] = schemas.Of(field),
        };
        if (example is not null)
        {
            json["example"] = example.DeepClone();
        }

        return json;
    }

    private static JsonObject? Body(RestOperation operation, OpenApiSchemas schemas, JsonObject example)
    {
        if (operation.Upload is { } upload)
        {
            return Content("multipart/form-data", new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray(upload.Part),
                ["properties"] = new JsonObject
                {
                    [upload.Part] = new JsonObject { ["type"] = "string", ["contentMediaType"] = "application/octet-stream", ["description"] = upload.Description },
                },
            });
        }

        if (operation.Body.Length == 0)
        {
            return null;
        }

        var sent = (JsonObject)example.DeepClone();
        if (operation.Body != "*")
        {
            var field = operation.Method.InputType.FindFieldByName(operation.Body);
            return Content("application/json", schemas.Of(field), sent[field.JsonName]?.DeepClone());
        }

        foreach (var path in operation.PathFields)
        {
            Remove(sent, JsonPath(operation.Method.InputType, path));
        }

        return Content("application/json", schemas.BodyOf(operation.Method.InputType, operation.PathFields), sent);
    }

    private static JsonObject Content(string type, JsonNode schema, JsonNode? example = null)
    {
        var media = new JsonObject { ["schema"] = schema };
        if (example is not null)
        {
            media["example"] = example;
        }

        return new JsonObject { ["required"] = true, ["content"] = new JsonObject { [type] = media } };
    }

    private static JsonObject Responses(RestOperation operation, OpenApiSchemas schemas, List<string> paragraphs)
    {
        var output = schemas.Reference(operation.Method.OutputType);
        var description = Comment(operation.Method.OutputType.FullName);
        var responses = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = operation.Method.IsServerStreaming
                    ? $"A stream of newline-delimited JSON that stays open: each line is one {operation.Method.OutputType.Name}. {description}"
                    : description,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = output } },
            },
        };
        if (operation.Method.IsServerStreaming)
        {
            responses["200"]!["x-stream"] = "ndjson"; // set right above
        }

        var own = paragraphs.Where(p => p.StartsWith("Errors:", StringComparison.Ordinal)).SelectMany(p => ReasonName().Matches(p).Select(m => m.Value));
        OpenApiErrors.Add(responses, own, operation);
        return responses;
    }

    private static FieldDescriptor Field(MessageDescriptor type, string path)
    {
        var names = path.Split('.');
        return names[..^1].Aggregate(type, (t, n) => t.FindFieldByName(n).MessageType).FindFieldByName(names[^1]);
    }

    private static string JsonPath(MessageDescriptor type, string path)
    {
        var names = new List<string>();
        foreach (var name in path.Split('.'))
        {
            var field = type.FindFieldByName(name);
            names.Add(field.JsonName);
            type = field.FieldType == FieldType.Message ? field.MessageType : type;
        }

        return string.Join('.', names);
    }

    private static JsonNode? At(JsonObject json, string path) => path.Split('.').Aggregate((JsonNode?)json, (node, name) => (node as JsonObject)?[name]);

    private static void Remove(JsonObject json, string path)
    {
        var names = path.Split('.');
        (names[..^1].Aggregate((JsonNode?)json, (node, name) => (node as JsonObject)?[name]) as JsonObject)?.Remove(names[^1]);
    }

    private static IEnumerable<string> Paragraphs(string comment)
        => comment.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(p => p.ReplaceLineEndings(" ").Trim());

    private static JsonObject ReadExamples()
    {
        using var stream = typeof(AccessReflection).Assembly.GetManifestResourceStream("examples.json")
            ?? throw new InvalidOperationException("The contracts carry no examples.json.");
        return (JsonObject?)JsonNode.Parse(stream) ?? [];
    }

    [GeneratedRegex(@"\{([^}=]+)(?:=[^}]*)?\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^.*?[.:](?=\s|$)")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\b[A-Z]{2,}(?:_[A-Z0-9]+)*\b")]
    private static partial Regex ReasonName();
}

[JsonSerializable(typeof(JsonObject))]
[JsonSourceGenerationOptions(WriteIndented = true)]
internal sealed partial class OpenApiContext : JsonSerializerContext;
