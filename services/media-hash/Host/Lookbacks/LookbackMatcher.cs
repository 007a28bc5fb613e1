using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;
using BankMatch = Moderation.MediaHash.Banks.BankMatch;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>
/// Compares posts with the entries of one job. Turned round: the entries are the index, and the posts of weeks pass by it once, however many entries
/// there are. What is near is then asked of the banks as they are now, so that known good entries veto and terms count as they do for a new post.
/// </summary>
internal sealed class LookbackMatcher
{
    private const int MaxMatches = 16;

    private readonly BankCatalogue _banks;
    private readonly BankCatalogue _near;
    private readonly HashSet<BankEntryKey> _entries;
    private readonly Dictionary<string, DateTimeOffset> _wholeBanks;

    public LookbackMatcher(Lookback job, IReadOnlyList<BankEntry> entries, BankCatalogue banks)
    {
        _banks = banks;
        _entries = [.. entries.Select(entry => entry.Key)];
        _wholeBanks = job.Banks.GroupBy(bank => bank.BankId).ToDictionary(
            bank => bank.Key, bank => bank.Min(wanted => wanted.AddedSinceTime?.ToDateTimeOffset() ?? DateTimeOffset.MinValue));
        if (_wholeBanks.Count > 0)
        {
            _near = banks;
            return;
        }
        _near = new BankCatalogue();
        _near.Apply([.. entries.Select(entry => new BankChange(entry.Key, entry, 1))]);
    }

    /// <summary>The post as review is to have it; null when nothing matches.</summary>
    public FoundPost? Match(FingerprintedPost post, DateTimeOffset now)
    {
        var (revision, media) = PostMediaMapping.Read(post);
        var matches = new List<BankMatch>();
        foreach (var medium in media)
        {
            var near = new List<BankMatch>();
            _near.Match(medium, near);
            if (!near.Exists(IsWanted))
                continue;
            if (_near != _banks)
            {
                near.Clear();
                _banks.Match(medium, near);
            }
            matches.AddRange(MatchFilter.Apply(near, post.TenantId, now).Matches.Where(IsWanted));
        }
        if (matches.Count == 0)
            return null;
        return new FoundPost
        {
            TenantId = post.TenantId,
            AccountId = post.AccountId,
            PostId = post.PostId,
            Revision = revision,
            Severity = (int)matches.Max(match => match.Entry.Severity),
            Matches = { matches.OrderBy(match => match.Distance).Take(MaxMatches).Select(match => match.ToContract()) },
        };
    }

    private bool IsWanted(BankMatch match) =>
        _entries.Contains(match.Entry.Key)
        || (_wholeBanks.TryGetValue(match.Entry.Key.BankId, out var since) && match.Entry.CreateTime >= since);
}
