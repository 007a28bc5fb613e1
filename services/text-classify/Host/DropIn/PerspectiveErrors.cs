using System.Text.Json.Nodes;
using Grpc.Core;
using Moderation.ServiceDefaults.Rest;
using Moderation.TextClassify.DropIn;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>Errors in the shape of Google's APIs, with the messages that Perspective's page on errors lists: clients compare them.</summary>
internal static class PerspectiveErrors
{
    private const string ErrorType = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error";

    public static DropInRefusal NoKey() => Of(
        StatusCodes.Status403Forbidden, "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.");

    public static DropInRefusal WrongKey() => Of(
        StatusCodes.Status400BadRequest, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
        new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo",
            ["reason"] = "API_KEY_INVALID",
            ["domain"] = "googleapis.com",
            ["metadata"] = new JsonObject { ["service"] = "commentanalyzer.googleapis.com" },
        });

    public static DropInRefusal OtherScope() => Of(
        StatusCodes.Status403Forbidden, "PERMISSION_DENIED", "The caller does not have permission: the API key needs the scope SUBMIT.");

    public static DropInRefusal TooMany() => Of(
        StatusCodes.Status429TooManyRequests, "RESOURCE_EXHAUSTED", "More requests are in flight than this replica takes. Retry later.");

    public static DropInRefusal Invalid(string message) => Of(StatusCodes.Status400BadRequest, "INVALID_ARGUMENT", message);

    public static DropInRefusal Empty() => Typed("COMMENT_EMPTY", "Comment must be non-empty.");

    public static DropInRefusal TooLong() => Typed("COMMENT_TOO_LONG", "Comment text too long.");

    /// <summary>An attribute that can't be judged in the languages that were asked for.</summary>
    public static DropInRefusal RequestedLanguage(PerspectiveAttribute attribute, IReadOnlyList<string> requested, string detected) =>
        Language(attribute, string.Join(", ", requested), requested, detected);

    /// <summary>An attribute that can't be judged in the language that was found.</summary>
    public static DropInRefusal DetectedLanguage(PerspectiveAttribute attribute, IReadOnlyList<string> requested, string detected) =>
        Language(attribute, detected, requested, detected);

    private static DropInRefusal Language(PerspectiveAttribute attribute, string unsupported, IReadOnlyList<string> requested, string detected)
    {
        var name = PerspectiveAttributes.Name(attribute);
        return Of(
            StatusCodes.Status400BadRequest, "INVALID_ARGUMENT", $"Attribute {name} does not support request languages: {unsupported}",
            new JsonObject
            {
                ["@type"] = ErrorType,
                ["errorType"] = "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
                ["languageNotSupportedByAttributeError"] = new JsonObject
                {
                    ["detectedLanguages"] = new JsonArray(detected),
                    ["requestedLanguages"] = new JsonArray([.. requested.Select(l => (JsonNode)l)]),
                    ["attribute"] = name,
                },
            });
    }

    /// <summary>What the endpoint did not answer itself.</summary>
    public static Task WriteAsync(HttpContext http, RpcException failure)
    {
        var refusal = failure.StatusCode == StatusCode.Unavailable
            ? Of(StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "The service is currently unavailable.")
            : Of(StatusCodes.Status500InternalServerError, "INTERNAL", "Internal error encountered.");
        return DropInGate.WriteAsync(http, RestErrors.HttpStatus(failure.StatusCode) is 499 ? 499 : refusal.HttpStatus, refusal.Body);
    }

    private static DropInRefusal Typed(string type, string message) => Of(
        StatusCodes.Status400BadRequest, "INVALID_ARGUMENT", message, new JsonObject { ["@type"] = ErrorType, ["errorType"] = type });

    private static DropInRefusal Of(int code, string status, string message, JsonObject? detail = null)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status };
        if (detail is not null) error["details"] = new JsonArray(detail);
        return new DropInRefusal(code, new JsonObject { ["error"] = error });
    }
}
