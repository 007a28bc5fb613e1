using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Moderation.Ingest.Host.Media;

/// <summary>POST /v1/media: the multipart twin of UploadMedia, because transcoding knows no client streaming.</summary>
internal static class MediaUploadEndpoint
{
    private const int BufferBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/media", HandleAsync);

    private static async Task HandleAsync(HttpContext http, AccessInterceptor access, MediaRelay relay)
    {
        try
        {
            var headers = new Metadata();
            foreach (var name in new[] { AccessInterceptor.ApiKeyHeader, "authorization", AccessInterceptor.TenantHeader })
            {
                if (http.Request.Headers[name] is { Count: 1 } value)
                {
                    headers.Add(name, value.ToString());
                }
            }

            var caller = await access.AuthenticateAsync(headers);
            if (caller?.TenantId is not { } tenant)
            {
                throw RpcErrors.Create(caller is null ? ErrorReason.Unauthenticated : ErrorReason.AccessDenied, ("expected", "an API key in x-api-key"));
            }

            var file = await FilePartAsync(http.Request, http.RequestAborted);
            var answer = await relay.RelayAsync(tenant, ReadAsync(file, http.RequestAborted), http.RequestAborted);
            await WriteAsync(http, StatusCodes.Status200OK, new UploadMediaResponse
            {
                MediaId = answer.MediaId,
                ByteCount = answer.ByteCount,
                Width = answer.Width,
                Height = answer.Height,
            });
        }
        catch (RpcException failure)
        {
            await WriteAsync(http, HttpStatus(failure.StatusCode), failure.GetRpcStatus() ?? new Google.Rpc.Status
            {
                Code = (int)failure.StatusCode,
                Message = failure.Status.Detail,
            });
        }
        catch (InvalidDataException)
        {
            await WriteAsync(http, StatusCodes.Status400BadRequest, NotMultipart().GetRpcStatus()!); // ours always has one
        }
    }

    private static async Task<Stream> FilePartAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "multipart/form-data"
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 70 } boundary)
        {
            throw NotMultipart();
        }

        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (section.GetContentDispositionHeader() is { } disposition && HeaderUtilities.RemoveQuotes(disposition.Name) == "file")
            {
                return section.Body;
            }
        }

        throw NotMultipart();
    }

    private static RpcException NotMultipart() => RpcErrors.Create(
        ErrorReason.InvalidFields, "file must be a part of a multipart/form-data body", [new FieldViolation("file", "must be a part of a multipart/form-data body")]);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var buffer = new byte[BufferBytes];
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                yield break;
            }

            yield return buffer.AsMemory(0, read);
        }
    }

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithTypeRegistry(
        Google.Protobuf.Reflection.TypeRegistry.FromMessages(Google.Rpc.ErrorInfo.Descriptor, Google.Rpc.BadRequest.Descriptor)));

    private static async Task WriteAsync(HttpContext http, int status, IMessage message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(Json.Format(message), http.RequestAborted);
    }

    // google.rpc.Code to HTTP, as google/rpc/code.proto has it.
    private static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
