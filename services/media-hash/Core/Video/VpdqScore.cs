namespace Moderation.MediaHash.Video;

/// <summary>A frame of the query that looks like one of the reference.</summary>
/// <param name="QueryFrame">Its number among the query's matchable frames.</param>
/// <param name="ReferenceFrame">The number of the reference's frame, among its matchable frames.</param>
/// <param name="Distance">Differing bits, 0 to 31.</param>
public readonly record struct FramePair(int QueryFrame, int ReferenceFrame, int Distance);

/// <summary>
/// How much two videos have in common, as vPDQ counts it: frames of quality under 50 are left out; of the others on each side, the share
/// that has any frame of the other side within 31 bits.
/// </summary>
/// <param name="QueryPercent">Share of the query's frames, 0 to 100; 0 when it has none.</param>
/// <param name="ReferencePercent">Share of the reference's frames, 0 to 100; 0 when it has none.</param>
public readonly record struct VpdqScore(double QueryPercent, double ReferencePercent)
{
    /// <summary>Share of the query from which on vPDQ takes two videos for a match.</summary>
    public const int DefaultQueryPercent = 80;

    /// <summary>Share of the reference from which on vPDQ takes two videos for a match: any.</summary>
    public const int DefaultReferencePercent = 0;

    /// <summary>From the pairs that were found.</summary>
    /// <param name="pairs">The pairs; a frame may be in several.</param>
    /// <param name="queryFrames">Matchable frames of the query.</param>
    /// <param name="referenceFrames">Matchable frames of the reference.</param>
    public static VpdqScore From(IReadOnlyCollection<FramePair> pairs, int queryFrames, int referenceFrames)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new VpdqScore(
            Percent(pairs.Select(pair => pair.QueryFrame).Distinct().Count(), queryFrames),
            Percent(pairs.Select(pair => pair.ReferenceFrame).Distinct().Count(), referenceFrames));
    }

    /// <summary>Compares each frame of one video with each of another.</summary>
    public static VpdqScore Compare(IEnumerable<VideoFrame> query, IEnumerable<VideoFrame> reference)
    {
        VideoFrame[] queried = [.. query.Where(frame => frame.Pdq.IsMatchable)];
        VideoFrame[] known = [.. reference.Where(frame => frame.Pdq.IsMatchable)];
        var pairs = new List<FramePair>();
        for (var q = 0; q < queried.Length; q++)
        {
            for (var r = 0; r < known.Length; r++)
            {
                var distance = queried[q].Pdq.Hash.HammingDistance(known[r].Pdq.Hash);
                if (distance <= Index.PdqIndexSnapshot.MatchRadius)
                    pairs.Add(new FramePair(q, r, distance));
            }
        }
        return From(pairs, queried.Length, known.Length);
    }

    /// <summary>Whether both shares reach their thresholds and anything matched at all.</summary>
    public bool Reaches(int queryPercent, int referencePercent) =>
        QueryPercent > 0 && QueryPercent >= queryPercent && ReferencePercent >= referencePercent;

    private static double Percent(int matched, int all) => all == 0 ? 0 : matched * 100.0 / all;
}
