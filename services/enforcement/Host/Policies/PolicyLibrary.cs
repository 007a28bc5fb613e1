using System.Collections.Concurrent;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Compiled versions. A version never changes, so what was compiled once is kept, up to a few.</summary>
internal sealed class PolicyLibrary(PolicyStateStore store, PolicyCatalogue catalogue)
{
    private const int Kept = 8;
    private readonly ConcurrentDictionary<long, CompiledPolicy> _compiled = new();

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
        return inForce is null || (onItsWay is null && record.State.CandidateVersion != 0) ? null : PolicyDocuments.Snapshot(record, inForce, onItsWay);
    }
}
