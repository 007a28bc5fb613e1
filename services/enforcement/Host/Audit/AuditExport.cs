using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>All that is sealed, as lines that can be verified in the order in which they come.</summary>
internal sealed class AuditExport(ArchiveSlot slot, AuditStore store)
{
    private const int AtOnce = 1000;

    /// <summary>The lines: keys, the archive of this replica, then what the store has behind it, then the checkpoints over that.</summary>
    /// <exception cref="Grpc.Core.RpcException">AUDIT_ARCHIVE_BROKEN, or DEPENDENCY_UNAVAILABLE when entries were archived elsewhere meanwhile.</exception>
    public async IAsyncEnumerable<AuditLine> LinesAsync()
    {
        var kept = new Dictionary<string, long>();
        foreach (var chain in store.Chains)
        {
            kept[chain] = await store.FirstKeptAsync(chain);
        }

        // Whatever it names was sealed before: what is missing of that later on is missing.
        var lastCheckpoint = (await store.LatestCheckpointAsync())?.Number ?? 0;
        foreach (var key in (await store.KeysAsync()).Values)
        {
            yield return new KeyLine(key);
        }

        var heads = default(Dictionary<string, ChainHead>);
        if (slot.Archive is { } archive && archive.Range() is { } range)
        {
            for (var number = range.First; number <= range.Last; number++)
            {
                foreach (var line in Archived(archive, number))
                {
                    heads = Advance(heads, line);
                    yield return line;
                }
            }
        }

        if (heads is null)
        {
            heads = await store.BeginningsAsync();
            yield return new HeadsLine([.. heads.Values.OrderBy(h => h.Chain, StringComparer.Ordinal)]);
        }

        foreach (var chain in store.Chains)
        {
            foreach (var line in await BehindAsync(heads[chain], kept[chain]))
            {
                heads = Advance(heads, line);
                yield return line;
            }
        }

        foreach (var checkpoint in await CheckpointsAsync(heads[AuditChains.Checkpoints].Seal + 1, lastCheckpoint))
        {
            yield return new CheckpointLine(checkpoint);
        }
    }

    private static List<AuditLine> Archived(IArchive archive, long number)
    {
        try
        {
            return [.. archive.Lines(archive.Segment(number))];
        }
        catch (InvalidDataException)
        {
            throw RpcErrors.Create(ErrorReason.AuditArchiveBroken, ("segment", $"{number}"));
        }
    }

    private static Dictionary<string, ChainHead> Advance(Dictionary<string, ChainHead>? heads, AuditLine line)
    {
        switch (line)
        {
            case HeadsLine before:
                return before.Heads.ToDictionary(h => h.Chain);
            case SealLine seal:
                heads![seal.Seal.Chain] = seal.Seal.ToHead(); // a segment begins with its heads
                break;
            case CheckpointLine { Checkpoint: var checkpoint }:
                heads![AuditChains.Checkpoints] = new ChainHead(AuditChains.Checkpoints, checkpoint.Number, checkpoint.Number, checkpoint.Hash());
                break;
        }

        return heads!; // as above
    }

    private async Task<List<AuditLine>> BehindAsync(ChainHead head, long kept)
    {
        var lines = new List<AuditLine>();
        var next = head.Seal + 1;
        while (await store.SealsAsync(head.Chain, next, AtOnce) is { Count: > 0 } seals)
        {
            foreach (var seal in seals)
            {
                var entries = await store.EntriesAsync(head.Chain, seal.First, (int)(seal.Last - seal.First + 1));
                lines.AddRange(entries.TakeWhile(e => e.Number <= seal.Last)
                    .Select(e => new EntryLine(head.Chain, e, AuditMapping.TimeOf(head.Chain, e.Bytes), default, default)));
                lines.Add(new SealLine(seal));
            }

            next = seals[^1].Number + 1;
        }

        // Archived and dropped since this export began: what was read may have a hole that the audit has not.
        return await store.FirstKeptAsync(head.Chain) == kept || lines.Count == 0
            ? lines
            : throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "audit"));
    }

    private async Task<List<Checkpoint>> CheckpointsAsync(long first, long last)
    {
        var found = new List<Checkpoint>();
        while (first <= last && await store.CheckpointsAsync(first, AtOnce) is { Count: > 0 } checkpoints)
        {
            found.AddRange(checkpoints.Where(c => c.Number <= last));
            first = checkpoints[^1].Number + 1;
        }

        return found;
    }
}
