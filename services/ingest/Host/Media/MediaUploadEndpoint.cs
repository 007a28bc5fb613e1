using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Rest;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Moderation.Ingest.Host.Media;

/// <summary>POST /v1/media: the multipart twin of UploadMedia, because transcoding knows no client streaming.</summary>
internal static class MediaUploadEndpoint
{
    private const string Path = "/v1/media";
    private const string Part = "file";
    private const int BufferBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, HandleAsync).WithMetadata(new RestUpload(
        "/moderation.ingest.v1.IngestService/UploadMedia", Path, Part, $"The picture or video itself, at most {MediaRelay.MaxBytes / 1024 / 1024} MiB."));

    // What is thrown here is answered by the gate before the REST port, which has authorised the caller, too.
    private static async Task HandleAsync(HttpContext http, MediaRelay relay)
    {
        var tenant = Caller.Of(http).TenantId ?? throw RpcErrors.Create(ErrorReason.AccessDenied, ("expected", "an API key, or a service token with x-tenant-id"));
        try
        {
            var file = await FilePartAsync(http.Request, http.RequestAborted);
            var answer = await relay.RelayAsync(tenant, ReadAsync(file, http.RequestAborted), http.RequestAborted);
            await RestErrors.WriteAsync(http, StatusCodes.Status200OK, new UploadMediaResponse
            {
                MediaId = answer.MediaId,
                ByteCount = answer.ByteCount,
                Width = answer.Width,
                Height = answer.Height,
            });
        }
        catch (InvalidDataException)
        {
            throw NotMultipart();
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
            if (section.GetContentDispositionHeader() is { } disposition && HeaderUtilities.RemoveQuotes(disposition.Name) == Part)
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
}
