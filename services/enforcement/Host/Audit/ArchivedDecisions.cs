using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Decisions that have left the store.</summary>
internal sealed class ArchivedDecisions(ArchiveSlot slot, AuditStore store, AccountKeyStore accountKeys, KeySpace keys) : IDisposable
{
    // A segment that was written late may hold what is older than those before it; so far it is looked for.
    private const int SegmentsToLookAt = 200;

    // Reading a segment is work for a core; a caller with a list of ids must not take them all.
    private readonly SemaphoreSlim _readers = new(2);

    /// <summary>
    /// The record of a decision of any tenant, as it was committed; null when there is none here, or its account was erased. The caller sees to
    /// who may read it.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">AUDIT_ARCHIVE_BROKEN.</exception>
    public async Task<DecisionRecord?> FindAsync(string decisionId, CancellationToken cancellationToken)
    {
        if (slot.Archive is not { } archive || keys.ShardOfId(decisionId, 'd') is not { } shard)
        {
            return null;
        }

        await _readers.WaitAsync(cancellationToken);
        try
        {
            var line = Find(archive, AuditChains.OfShard(shard), decisionId, cancellationToken);
            return line is not null && await accountKeys.FindAsync(shard, line.Account) is { } key
                && RecordCipher.Decrypt(key, line.Chain, line.Entry.Number, line.Record.Span) is { } record
                ? DecisionRecord.Parser.ParseFrom(record)
                : null;
        }
        catch (InvalidDataException broken)
        {
            throw RpcErrors.Create(ErrorReason.AuditArchiveBroken, ("segment", broken.Message));
        }
        finally
        {
            _readers.Release();
        }
    }

    /// <summary>Why a decision was not found: DECISION_ARCHIVED when this replica has no archive and it may be in one, else DECISION_NOT_FOUND.</summary>
    public async Task<Grpc.Core.RpcException> AbsentAsync(string decisionId)
    {
        var elsewhere = slot.Archive is null && keys.ShardOfId(decisionId, 'd') is { } shard && await store.FirstKeptAsync(AuditChains.OfShard(shard)) > 1;
        return RpcErrors.Create(elsewhere ? ErrorReason.DecisionArchived : ErrorReason.DecisionNotFound, ("decision_id", decisionId));
    }

    /// <inheritdoc />
    public void Dispose() => _readers.Dispose();

    private static EntryLine? Find(IArchive archive, string chain, string decisionId, CancellationToken cancellationToken)
    {
        var timeMs = Ulid.Parse(decisionId[(decisionId.LastIndexOf('_') + 1)..]).Time.ToUnixTimeMilliseconds();
        foreach (var segment in archive.SegmentsAt(timeMs, SegmentsToLookAt))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var line in archive.Lines(segment).OfType<EntryLine>().Where(l => l.Chain == chain && l.TimeMs == timeMs && !l.Record.IsEmpty))
            {
                if (AuditEntry.Parser.ParseFrom(ByteString.CopyFrom(line.Entry.Bytes.Span)).Committed?.DecisionId == decisionId)
                {
                    return line;
                }
            }
        }

        return null;
    }
}
