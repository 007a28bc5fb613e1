using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>How errors look over REST, for the description of the API.</summary>
internal static class OpenApiErrors
{
    /// <summary>The name of the schema of an error.</summary>
    public const string Status = "google.rpc.Status";

    private const string Info = "google.rpc.ErrorInfo";
    private const string Bad = "google.rpc.BadRequest";
    private static readonly string[] OfAll =
    [
        nameof(ErrorReason.InvalidFields), nameof(ErrorReason.Unauthenticated), nameof(ErrorReason.AccessDenied), nameof(ErrorReason.Internal),
        nameof(ErrorReason.DependencyUnavailable),
    ];

    private static readonly string[] OfKeys = [nameof(ErrorReason.ScopeDenied)];
    private static readonly string[] OfPeople = [nameof(ErrorReason.RoleDenied), nameof(ErrorReason.TenantDenied)];

    private static IEnumerable<EnumValueDescriptor> Reasons { get; }
        = ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason)).Values.Where(v => v.Number != 0);

    /// <summary>Adds the errors of an operation, by HTTP status.</summary>
    /// <param name="responses">Where to.</param>
    /// <param name="own">The reasons that the RPC's comment names.</param>
    /// <param name="operation">The operation.</param>
    public static void Add(JsonObject responses, IEnumerable<string> own, RestOperation operation)
    {
        var names = own.ToHashSet(StringComparer.Ordinal);
        string[] always = [.. OfAll, .. operation.Rule.IsPublic ? OfKeys : [], .. operation.Rule.IsPeoples ? OfPeople : []];
        var reasons = Reasons.Where(r => names.Contains(ShortName(r)) || always.Contains(((ErrorReason)r.Number).ToString()))
            .GroupBy(r => RestErrors.HttpStatus((StatusCode)r.GetOptions().GetExtension(AccessExtensions.StatusCode)));
        foreach (var status in reasons.OrderBy(g => g.Key))
        {
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response([.. status]);
        }

        if (operation.Body.Length > 0)
        {
            var wrong = Reasons.Where(r => r.Number == (int)ErrorReason.InvalidFields).ToList();
            responses["413"] = Response(wrong, $"The body is larger than {RestGate.MaxBodyBytes} bytes.");
            responses["415"] = Response(wrong, "The body is not application/json in UTF-8.");
        }
    }

    /// <summary>The schemas of errors.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode>> Schemas() =>
    [
        KeyValuePair.Create<string, JsonNode>(Status, Object("An error.", new()
        {
            ["code"] = Property("integer", "The gRPC status code, 1..16 (google.rpc.Code); the HTTP status follows from it."),
            ["message"] = Property("string", "What is wrong and what would be right, in English, for developers. Not a contract: decide by the reason."),
            ["details"] = new()
            {
                ["type"] = "array",
                ["description"] = "One ErrorInfo, and a BadRequest where fields are wrong.",
                ["items"] = new JsonObject { ["anyOf"] = new JsonArray(Reference(Info), Reference(Bad)) },
            },
        })),
        KeyValuePair.Create<string, JsonNode>(Info, Object("Why the call failed.", new()
        {
            ["@type"] = Constant("type.googleapis.com/google.rpc.ErrorInfo"),
            ["reason"] = new()
            {
                ["type"] = "string",
                ["description"] = "Why, as a contract: decide what to do by this.",
                ["enum"] = new JsonArray([.. Reasons.Select(r => (JsonNode)ShortName(r))]),
                ["x-enum-descriptions"] = Descriptions(Reasons),
            },
            ["domain"] = Constant(RpcErrors.Domain),
            ["metadata"] = new()
            {
                ["type"] = "object",
                ["description"] = "Values that belong to the reason, as the reason's description names them.",
                ["additionalProperties"] = new JsonObject { ["type"] = "string" },
            },
        })),
        KeyValuePair.Create<string, JsonNode>(Bad, Object("All fields that are wrong.", new()
        {
            ["@type"] = Constant("type.googleapis.com/google.rpc.BadRequest"),
            ["fieldViolations"] = new()
            {
                ["type"] = "array",
                ["description"] = "One for each.",
                ["items"] = Object("A field that is wrong.", new()
                {
                    ["field"] = Property("string", "Its path in the request, in proto names, such as post.media[2].media_id; body and content-type are the request's own."),
                    ["description"] = Property("string", "What would be right."),
                    ["reason"] = Property("string", "Not used."),
                }),
            },
        })),
    ];

    private static JsonObject Response(IReadOnlyCollection<EnumValueDescriptor> reasons, string? description = null) => new()
    {
        ["description"] = description ?? string.Join(" ", reasons.Select(r => $"{ShortName(r)}: {OpenApiDocument.Comment(r.FullName)}")),
        ["x-error-reasons"] = Descriptions(reasons),
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference(Status) } },
    };

    private static JsonObject Descriptions(IEnumerable<EnumValueDescriptor> reasons)
        => new(reasons.Select(r => KeyValuePair.Create(ShortName(r), (JsonNode?)OpenApiDocument.Comment(r.FullName))));

    private static string ShortName(EnumValueDescriptor reason) => reason.Name["ERROR_REASON_".Length..];

    private static JsonObject Object(string description, Dictionary<string, JsonObject> properties) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
    };

    private static JsonObject Property(string type, string description) => new() { ["type"] = type, ["description"] = description };

    private static JsonObject Constant(string value) => new() { ["type"] = "string", ["const"] = value, ["description"] = $"Always {value}." };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };
}
