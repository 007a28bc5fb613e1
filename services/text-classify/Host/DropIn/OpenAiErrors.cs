using System.Text.Json.Nodes;
using Grpc.Core;
using Moderation.ServiceDefaults.Rest;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>Errors in the shape of OpenAI's API.</summary>
internal static class OpenAiErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static DropInRefusal NoKey() => Of(
        StatusCodes.Status401Unauthorized, InvalidRequest,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).", null, null);

    public static DropInRefusal WrongKey() => Of(StatusCodes.Status401Unauthorized, InvalidRequest, "Incorrect API key provided.", null, "invalid_api_key");

    public static DropInRefusal OtherScope() => Of(
        StatusCodes.Status403Forbidden, InvalidRequest, "You have insufficient permissions for this operation. Missing scopes: SUBMIT.", null, "missing_scope");

    public static DropInRefusal TooMany() => Of(
        StatusCodes.Status429TooManyRequests, "requests", "More requests are in flight than this replica takes. Retry later.", null, "rate_limit_exceeded");

    public static DropInRefusal Invalid(string message, string? param = null, string? code = null) =>
        Of(StatusCodes.Status400BadRequest, InvalidRequest, message, param, code);

    public static DropInRefusal NoSuchModel(string model) => Of(
        StatusCodes.Status404NotFound, InvalidRequest, $"The model `{model}` does not exist or you do not have access to it.", "model", "model_not_found");

    /// <summary>What the endpoint did not answer itself.</summary>
    public static Task WriteAsync(HttpContext http, RpcException failure)
    {
        var status = RestErrors.HttpStatus(failure.StatusCode);
        var refusal = failure.StatusCode == StatusCode.Unavailable
            ? Of(status, "server_error", "The service is currently unavailable.", null, "service_unavailable")
            : Of(status, "server_error", "The server had an error while processing your request.", null, null);
        return DropInGate.WriteAsync(http, refusal.HttpStatus, refusal.Body);
    }

    private static DropInRefusal Of(int httpStatus, string type, string message, string? param, string? code) => new(
        httpStatus, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = param, ["code"] = code } });
}
