using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class AuditRpc
{
    private const int ChunkBytes = 256 * 1024;

    public override async Task ExportAudit(ExportAuditRequest request, IServerStreamWriter<ExportAuditResponse> responseStream, ServerCallContext context)
    {
        var chunk = new MemoryStream();
        await foreach (var line in export.LinesAsync().WithCancellation(context.CancellationToken))
        {
            var json = line.ToJson();
            if (chunk.Length > 0 && chunk.Length + json.Length > ChunkBytes)
            {
                await SendAsync();
            }

            chunk.Write(json);
        }

        if (chunk.Length > 0)
        {
            await SendAsync();
        }

        async Task SendAsync()
        {
            await responseStream.WriteAsync(
                new ExportAuditResponse { Chunk = ByteString.CopyFrom(chunk.GetBuffer().AsSpan(0, (int)chunk.Length)) }, context.CancellationToken);
            chunk.SetLength(0);
        }
    }
}
