using System.Collections.Concurrent;
using Moderation.Contracts.V1;

namespace Moderation.Client.Sample;

/// <summary>What became of a post.</summary>
/// <param name="PostId">The post.</param>
/// <param name="DecisionId">The decision in force.</param>
/// <param name="Revision">The revision that it is about.</param>
/// <param name="DecideTime">When it was decided.</param>
/// <param name="Measures">The measures in force, such as <c>Remove</c>.</param>
/// <param name="Notice">What to show the author; null when nothing restricts the post.</param>
public sealed record SamplePost(
    string PostId, string DecisionId, long Revision, DateTimeOffset DecideTime, IReadOnlyList<string> Measures, string? Notice);

/// <summary>
/// A platform's own state, in memory. Events may repeat and a redriven one comes late, so what counts is the order of (revision, time of
/// the decision), not the order of arrival.
/// </summary>
public sealed class SamplePlatform(ILogger<SamplePlatform> logger)
{
    private readonly ConcurrentDictionary<string, SamplePost> _posts = new();

    /// <summary>The posts that it knows.</summary>
    public IReadOnlyCollection<SamplePost> Posts => [.. _posts.Values.OrderBy(p => p.PostId, StringComparer.Ordinal)];

    /// <summary>Applies an event.</summary>
    /// <returns>The post as it is now; null when the event changed nothing.</returns>
    public SamplePost? Apply(WatchDecisionsResponse happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        switch (happened.EventCase)
        {
            case WatchDecisionsResponse.EventOneofCase.Decided when happened.Decided.Outcome != DecisionOutcome.Superseded:
                return Apply(happened.Decided);
            case WatchDecisionsResponse.EventOneofCase.Withdrawn:
                _posts.TryRemove(happened.Withdrawn.PostId, out _);
                return null;
            case WatchDecisionsResponse.EventOneofCase.ResyncRequired:
                LoggerMessages.Resync(logger, happened.ResyncRequired.MissedEventCount); // a real platform now reads its posts anew by GetPost
                return null;
            default:
                return null; // an event of a later version, or a test
        }
    }

    private SamplePost? Apply(Decision decision)
    {
        var post = new SamplePost(
            decision.PostId, decision.DecisionId, decision.Revision, decision.CreateTime.ToDateTimeOffset(),
            [.. decision.Measures.Select(m => m.Kind.ToString())], decision.Notice?.Title);
        var now = _posts.AddOrUpdate(post.PostId, post, (_, known) => IsLater(post, known) ? post : known);
        return ReferenceEquals(now, post) ? post : null;
    }

    private static bool IsLater(SamplePost one, SamplePost other)
        => one.Revision > other.Revision || (one.Revision == other.Revision && one.DecideTime > other.DecideTime);
}
