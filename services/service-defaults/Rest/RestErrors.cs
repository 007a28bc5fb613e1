using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>Errors over REST: google.rpc.Status as JSON, the same that a gRPC client reads from its trailers.</summary>
public static class RestErrors
{
    /// <summary>The details that an error can carry.</summary>
    public static TypeRegistry Types { get; } = TypeRegistry.FromMessages(Google.Rpc.ErrorInfo.Descriptor, Google.Rpc.BadRequest.Descriptor);

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    /// <summary>Answers with <paramref name="failure"/>.</summary>
    /// <param name="http">The request; nothing of its response was sent yet.</param>
    /// <param name="failure">What to say.</param>
    /// <param name="httpStatus">Where HTTP has a status of its own for it; else the one that google/rpc/code.proto gives.</param>
    public static Task WriteAsync(HttpContext http, RpcException failure, int? httpStatus = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(failure);
        var status = failure.GetRpcStatus() ?? new Google.Rpc.Status { Code = (int)failure.StatusCode, Message = failure.Status.Detail };
        return WriteAsync(http, httpStatus ?? HttpStatus(failure.StatusCode), status);
    }

    /// <summary>Answers with a message.</summary>
    public static Task WriteAsync(HttpContext http, int httpStatus, IMessage message)
    {
        ArgumentNullException.ThrowIfNull(http);
        http.Response.StatusCode = httpStatus;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(Json.Format(message), http.RequestAborted);
    }

    /// <summary>google.rpc.Code to HTTP, as google/rpc/code.proto has it.</summary>
    public static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
