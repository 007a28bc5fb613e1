using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.ServiceDefaults.Errors;
using BankMatch = Moderation.MediaHash.Banks.BankMatch;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Compares stored fingerprints with the banks; the one path of the unary call and of the stream.</summary>
internal sealed class MediaMatcher(
    FingerprintStore fingerprints, BankFeedStore feed, BankCatalogue catalogue, FloodLimit flood, PostMemory memory, TimeProvider time)
{
    private const int MaxMedia = 16;
    private const int MaxMatches = 64;

    public async ValueTask<MatchMediaResponse> MatchAsync(MatchMediaRequest request)
    {
        Check(request);
        if (!feed.IsLoaded)
            throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "banks"));

        // The version first: what is found may be newer, never older.
        var version = catalogue.Version;
        var media = await fingerprints.FindAsync(request.TenantId, request.MediaIds);
        var matches = new List<BankMatch>();
        var vetoed = 0;
        for (var i = 0; i < media.Count; i++)
        {
            var found = media[i] ?? throw RpcErrors.Create(ErrorReason.MediaNotFound, ("media_id", request.MediaIds[i]));
            vetoed += Match(found, request.TenantId, matches);
        }
        if (request.Post is { } post)
            await memory.KeepAsync(request.TenantId, post, media.OfType<MediaFingerprints>());
        var signals = new MediaSignals { Status = SignalStatus.Available, BankVersion = version };
        signals.Matches.AddRange(matches
            .OrderBy(match => match.Distance)
            .ThenBy(match => match.MediaId, StringComparer.Ordinal)
            .ThenBy(match => match.Entry.Key.ToString(), StringComparer.Ordinal)
            .Take(MaxMatches)
            .Select(match => match.ToContract()));
        return new MatchMediaResponse { Signals = signals, VetoedCount = vetoed };
    }

    /// <summary>Adds what matches; answers how many matches known good entries took away.</summary>
    private int Match(MediaFingerprints media, string tenantId, List<BankMatch> matches)
    {
        var near = new List<BankMatch>();
        catalogue.Match(media, near);
        var (standing, vetoed) = MatchFilter.Apply(near, tenantId, time.GetUtcNow());
        foreach (var match in standing)
            flood.Note(match.Entry, media.MediaId);
        matches.AddRange(standing);
        return vetoed;
    }

    private static void Check(MatchMediaRequest request)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.TenantId, "tenant_id", 64);
        violations.Require(request.MediaIds.Count is >= 1 and <= MaxMedia, "media_ids", $"must hold 1..{MaxMedia} ids");
        if (request.Post is { } post)
        {
            violations.RequireId(post.AccountId, "post.account_id");
            violations.RequireId(post.PostId, "post.post_id");
            violations.Require(post.Revision >= 1, "post.revision", "must be 1 or more");
        }
        for (var i = 0; i < request.MediaIds.Count; i++)
            violations.Require(IsMediaId(request.MediaIds[i]), $"media_ids[{i}]", "must be m_ and 64 hexadecimal digits, as HashMedia answers");
        violations.ThrowIfAny();
    }

    /// <summary>Whether an id is of the form that HashMedia answers.</summary>
    public static bool IsMediaId(string id) =>
        id.Length == 66 && id.StartsWith("m_", StringComparison.Ordinal) && id.AsSpan(2).TrimStart("0123456789abcdef").IsEmpty;
}
