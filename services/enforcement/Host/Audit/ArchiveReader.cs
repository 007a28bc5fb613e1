using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>The archive of this replica; null when it has none.</summary>
internal sealed record ArchiveSlot(IArchive? Archive);

/// <summary>Finds things in an archive. Each segment begins with where all chains stood, so a place is found by halving.</summary>
internal static class ArchiveReader
{
    private const int LongestLine = 64 * 1024 * 1024;

    /// <summary>The lines of a segment.</summary>
    /// <exception cref="InvalidDataException">The segment is damaged.</exception>
    public static IEnumerable<AuditLine> Lines(this IArchive archive, SegmentManifest manifest)
    {
        using var text = archive.Open(manifest);
        foreach (var line in NdjsonLines.Read(text, LongestLine))
        {
            yield return Parse(line, manifest);
        }
    }

    /// <summary>A segment that has to be there.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static SegmentManifest Segment(this IArchive archive, long number)
        => archive.Manifest(number) ?? throw new InvalidDataException($"Segment {number} is not there.");

    /// <summary>Where the chains and the checkpoints stand after the last segment.</summary>
    public static Dictionary<string, ChainHead> HeadsAfter(this IArchive archive, SegmentManifest manifest)
    {
        var heads = new Dictionary<string, ChainHead>();
        foreach (var line in archive.Lines(manifest))
        {
            switch (line)
            {
                case HeadsLine before:
                    heads = before.Heads.ToDictionary(h => h.Chain);
                    break;
                case SealLine seal:
                    heads[seal.Seal.Chain] = seal.Seal.ToHead();
                    break;
                case CheckpointLine { Checkpoint: var checkpoint }:
                    heads[AuditChains.Checkpoints] = new ChainHead(AuditChains.Checkpoints, checkpoint.Number, checkpoint.Number, checkpoint.Hash());
                    break;
            }
        }

        return heads;
    }

    /// <summary>Entries of a chain from <paramref name="first"/> on, as far as the archive has them.</summary>
    public static IEnumerable<ChainEntry> EntriesFrom(this IArchive archive, string chain, long first)
    {
        if (archive.Range() is not { } range)
        {
            yield break;
        }

        // The last segment before which the chain had not reached the entry.
        var (low, high) = (range.First, range.Last);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = LastBefore(archive, middle, chain) < first ? (middle, high) : (low, middle - 1);
        }

        for (var number = low; number <= range.Last; number++)
        {
            foreach (var line in archive.Lines(archive.Segment(number)).OfType<EntryLine>().Where(l => l.Chain == chain && l.Entry.Number >= first))
            {
                yield return line.Entry;
            }
        }
    }

    /// <summary>The segments that may hold an entry of <paramref name="timeMs"/>, oldest first.</summary>
    public static IEnumerable<SegmentManifest> SegmentsAt(this IArchive archive, long timeMs, int most)
    {
        if (archive.Range() is not { } range)
        {
            yield break;
        }

        // Written after it happened, and in the order in which they were written.
        var (low, high) = (range.First, range.Last);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = archive.Segment(middle).TimeMs < timeMs ? (middle + 1, high) : (low, middle);
        }

        for (var number = low; number <= range.Last && number < low + most; number++)
        {
            if (archive.Segment(number) is var manifest && manifest.Entries > 0 && manifest.FromMs <= timeMs && manifest.ToMs >= timeMs)
            {
                yield return manifest;
            }
        }
    }

    private static long LastBefore(IArchive archive, long number, string chain)
        => archive.Lines(archive.Segment(number)).OfType<HeadsLine>().First().Heads.First(h => h.Chain == chain).LastEntry;

    private static AuditLine Parse(ReadOnlyMemory<byte> line, SegmentManifest manifest)
    {
        try
        {
            return AuditLine.Parse(line.Span);
        }
        catch (FormatException wrong)
        {
            throw new InvalidDataException($"Segment {manifest.Number}: {wrong.Message}", wrong);
        }
    }
}
