using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary>The audit as the service gives it.</summary>
internal sealed class AuditConnection(Uri address, (string Name, string Value) credential) : IDisposable
{
    private readonly ServiceConnection _connection = new(address, credential);

    private AuditService.AuditServiceClient Client => new(_connection.Invoker);

    /// <summary>A checkpoint; 0: the latest.</summary>
    public async Task<Checkpoint> CheckpointAsync(long number, CancellationToken cancellationToken)
    {
        var answer = await Client.GetCheckpointAsync(
            new GetCheckpointRequest { Number = number }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
        var message = answer.Checkpoint;
        return new Checkpoint
        {
            Number = message.Number,
            TimeMs = message.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds(),
            PreviousHash = message.PreviousHash.Memory,
            Heads = [.. message.Heads.Select(h => new ChainHead(h.Chain, h.Seal, h.LastEntry, h.SealHash.Memory))],
            KeyId = message.KeyId,
            Signature = message.Signature.Memory,
        };
    }

    /// <summary>Writes the whole export to <paramref name="to"/>.</summary>
    public async Task ExportAsync(Stream to, CancellationToken cancellationToken)
    {
        using var call = Client.ExportAudit(new ExportAuditRequest(), cancellationToken: cancellationToken);
        await foreach (var part in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            await to.WriteAsync(part.Chunk.Memory, cancellationToken);
        }
    }

    public void Dispose() => _connection.Dispose();
}
