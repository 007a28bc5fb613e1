using System.Collections.Concurrent;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;
using Moderation.MediaHash.Video;

namespace Moderation.MediaHash.Banks;

/// <summary>
/// The video entries of the banks: an index of all their frames, so that a video is compared with every entry in one search a frame.
/// Searches take no lock; changes come from one thread at a time.
/// </summary>
internal sealed class VideoBank(int threads)
{
    private const int FrameTimesKept = 16;

    private readonly PdqIndex _index = new(threads);
    private readonly ConcurrentDictionary<long, Frame> _frames = new();
    private long _next;

    /// <summary>The frames that a value spells.</summary>
    public static PdqHash[] FramesOf(string value) => [.. value.Split(',').Select(PdqHash.Parse)];

    /// <summary>Frames, and the bytes that their index holds beside the hashes.</summary>
    public (int Frames, long Bytes) Size => (_index.Current.Count, _index.Current.ByteCount);

    public void Compact() => _index.Compact();

    /// <summary>Adds an entry's frames; answers what <see cref="Remove"/> takes.</summary>
    public IReadOnlyList<PdqIndexItem> Add(BankEntry entry)
    {
        var hashes = FramesOf(entry.Value);
        var items = new PdqIndexItem[hashes.Length];
        for (var i = 0; i < hashes.Length; i++)
        {
            items[i] = new PdqIndexItem(_next++, hashes[i]);
            _frames[items[i].Key] = new Frame(entry, i, hashes.Length);
        }
        _index.Apply(items, []);
        return items;
    }

    public void Remove(IReadOnlyList<PdqIndexItem> items)
    {
        _index.Apply([], items);
        foreach (var item in items)
            _frames.TryRemove(item.Key, out _);
    }

    /// <summary>Adds the matches of a video.</summary>
    public void Match(MediaFingerprints media, ICollection<BankMatch> matches)
    {
        VideoFrame[] query = [.. media.Frames.Where(frame => frame.Pdq.IsMatchable)];
        var moment = _index.Current;
        if (query.Length == 0 || moment.Count == 0)
            return;
        var found = new Dictionary<BankEntry, (List<FramePair> Pairs, int Frames)>(ReferenceEqualityComparer.Instance);
        var neighbours = new List<PdqNeighbour>();
        for (var q = 0; q < query.Length; q++)
        {
            neighbours.Clear();
            moment.Search(query[q].Pdq.Hash, PdqIndexSnapshot.MatchRadius, neighbours);
            foreach (var neighbour in neighbours)
            {
                // A frame that is gone was removed since the search began.
                if (!_frames.TryGetValue(neighbour.Key, out var frame))
                    continue;
                if (!found.TryGetValue(frame.Entry, out var sofar))
                    found[frame.Entry] = sofar = ([], frame.Of);
                sofar.Pairs.Add(new FramePair(q, frame.Number, neighbour.Distance));
            }
        }
        foreach (var (entry, (pairs, frames)) in found)
        {
            // An entry's own radius is about its frames; what share of them must match is settled later.
            pairs.RemoveAll(pair => pair.Distance > entry.Terms.MatchRadius);
            if (pairs.Count > 0)
                matches.Add(ToMatch(media.MediaId, entry, query, pairs, VpdqScore.From(pairs, query.Length, frames)));
        }
    }

    private static BankMatch ToMatch(string mediaId, BankEntry entry, VideoFrame[] query, List<FramePair> pairs, VpdqScore score)
    {
        var matched = pairs.Select(pair => pair.QueryFrame).Distinct().Order().ToArray();
        return new BankMatch(
            mediaId, entry, pairs.Min(pair => pair.Distance), matched.Max(q => query[q].Pdq.Quality),
            new VideoMatch(score, [.. matched.Take(FrameTimesKept).Select(q => query[q].Time)]));
    }

    private readonly record struct Frame(BankEntry Entry, int Number, int Of);
}
