using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Compiled versions. A version never changes, so what was compiled once is kept, up to a few.</summary>
internal sealed class PolicyLibrary(PolicyStateStore store, PolicyCatalogue catalogue)
{
    private const int Kept = 8;
    private const int MovedKept = 64;
    private readonly ConcurrentDictionary<long, CompiledPolicy> _compiled = new();
    private readonly ConcurrentDictionary<(long Version, string Values), CompiledPolicy?> _moved = new();

    /// <summary>A version, compiled; null when there is none of this number. Version 1 is the policy file until the first change.</summary>
    /// <exception cref="InvalidDataException">A stored version does not compile.</exception>
    public async Task<CompiledPolicy?> FindAsync(long version)
    {
        if (_compiled.TryGetValue(version, out var policy))
        {
            return policy;
        }

        if (await store.FindVersionAsync(version) is not { } record)
        {
            return version == 1 && catalogue.Current.StateVersion == 0 ? catalogue.File : null;
        }

        var compilation = PolicyDocuments.Compile(record.Document);
        if (compilation.Policy is null)
        {
            throw new InvalidDataException($"Version {version} of the policy was stored and does not compile: {string.Join("; ", compilation.Errors)}");
        }

        if (_compiled.Count >= Kept)
        {
            _compiled.Clear(); // rare: people look at one or two versions at a time
        }

        _compiled[version] = compilation.Policy;
        return compilation.Policy;
    }

    /// <summary>What decides under a state; null when a version of it is not there.</summary>
    /// <exception cref="InvalidDataException">A stored version does not compile.</exception>
    public async Task<PolicySnapshot?> SnapshotAsync(PolicyStateRecord record)
    {
        var inForce = await FindAsync(record.State.BaseVersion);
        var onItsWay = record.State.CandidateVersion == 0 ? null : await FindAsync(record.State.CandidateVersion);
        return inForce is null || (onItsWay is null && record.State.CandidateVersion != 0)
            ? null
            : PolicyDocuments.Snapshot(record, inForce, onItsWay, record.State.Campaigns.Count == 0 ? [] : await CampaignsAsync(record.State, inForce, onItsWay));
    }

    private async Task<IReadOnlyCollection<CampaignEntry>> CampaignsAsync(PolicyState state, CompiledPolicy inForce, CompiledPolicy? onItsWay)
    {
        List<(CompiledPolicy Own, Func<ImmutableSortedDictionary<string, double>, CompiledPolicy?> With)> versions = [];
        foreach (var (number, policy) in new[] { (state.BaseVersion, inForce), (state.CandidateVersion, onItsWay) })
        {
            if (policy is not null)
            {
                var document = (await store.FindVersionAsync(number))?.Document ?? catalogue.FileDocument;
                versions.Add((policy, values => Moved(number, document, values)));
            }
        }

        return [.. state.Campaigns.Select(c => CampaignBook.Entry(CampaignMapping.ToCore(c), versions))];
    }

    // Null where the values don't compile: then the campaign moves nothing in this version, on every replica and in each replay alike.
    private CompiledPolicy? Moved(long version, PolicyDocument document, ImmutableSortedDictionary<string, double> values)
    {
        var key = (version, string.Join(',', values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key}={v.Value:R}"))));
        if (_moved.TryGetValue(key, out var moved))
        {
            return moved;
        }

        if (_moved.Count >= MovedKept)
        {
            _moved.Clear();
        }

        return _moved[key] = PolicyDocuments.Compile(document, values).Policy;
    }
}
