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

    /// <summary>A decision of <paramref name="tenant"/> from the archive, as it was committed; null when there is none, or its account was erased.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// DECISION_ARCHIVED when this replica has no archive and the decision may be in one; AUDIT_ARCHIVE_BROKEN.
    /// </exception>
    public async Task<Decision?> FindAsync(string tenant, string decisionId, CancellationToken cancellationToken)
    {
        if (keys.ShardOfId(decisionId, 'd') is not { } shard)
        {
            return null;
        }

        var chain = AuditChains.OfShard(shard);
        if (slot.Archive is not { } archive)
        {
            return await store.FirstKeptAsync(chain) > 1
                ? throw RpcErrors.Create(ErrorReason.DecisionArchived, ("decision_id", decisionId))
                : null;
        }

        await _readers.WaitAsync(cancellationToken);
        try
        {
            var line = Find(archive, chain, decisionId, cancellationToken);
            return line is null || await accountKeys.FindAsync(shard, line.Account) is not { } key ? null : Read(line, key, tenant);
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

    private static Decision? Read(EntryLine line, byte[] key, string tenant)
    {
        if (RecordCipher.Decrypt(key, line.Chain, line.Entry.Number, line.Record.Span) is not { } record)
        {
            return null;
        }

        var fields = ArchivedDecision.Parser.ParseFrom(record).Fields.ToDictionary(f => f.Name, f => f.Value.ToByteArray());
        var decision = Decisions.StoredDecision.Join(fields["body"], fields.GetValueOrDefault("notice"), fields.GetValueOrDefault("statement"));
        return decision.TenantId == tenant ? decision : null;
    }
}
