using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Who changes what decides, why, and what they saw when they decided to.</summary>
/// <param name="Person">The token's subject.</param>
/// <param name="Reason">Why.</param>
/// <param name="StateVersion">The state version that they saw; 0: whatever it is.</param>
internal sealed record PolicyActor(string Person, string Reason, long StateVersion);

/// <summary>
/// Changes what decides. A change is worked out on the state as it was read, and the store takes it only if that is still the state: so a gate
/// that was open when it was looked at is open when the change is made.
/// </summary>
internal sealed partial class PolicyDesk(
    PolicyStateStore store, PolicyCatalogue catalogue, PolicyLibrary library, PolicyFollower follower, PolicyEvidence evidence, CampaignFigureStore campaignFigures,
    IOptions<PolicyOptions> options, IOptions<CampaignOptions> campaignOptions, TimeProvider time)
{
    private const int MostTries = 20;

    /// <summary>The present state, with what each rule lacks for its next stage.</summary>
    public async Task<PolicyState> StateAsync()
    {
        var state = (await ReadAsync()).State;
        var figures = await evidence.ReadAsync(state);
        foreach (var rule in state.Rules.Where(r => r.Version == state.CandidateVersion && r.Stage < PolicyStage.Live))
        {
            rule.Missing.Add(RuleLifecycle.Check((RuleStage)rule.Stage, (RuleStage)rule.Stage + 1, figures.Of(rule), rule.Strict, options.Value.Gates, time.GetUtcNow()));
        }

        return state;
    }

    /// <summary>Takes in a version, or finds the one that was taken in with the same name and content.</summary>
    public async Task<(PolicyVersion Version, PolicyState State)> CreateAsync(PolicyDocument document, CompiledPolicy compiled, PolicyActor by)
    {
        if (await FindSameAsync(document, compiled.Version) is { } same)
        {
            return (same, await StateAsync());
        }

        PolicyVersion? created = null;
        var after = await ChangeAsync(by, async state =>
        {
            if (state.CandidateVersion != 0)
            {
                throw RpcErrors.Create(ErrorReason.PolicyCandidateOpen, ("version", $"{state.CandidateVersion}"));
            }

            var inForce = await VersionAsync(state.BaseVersion);
            created = new PolicyVersion
            {
                Version = state.LastVersion + 1,
                Name = compiled.Version,
                Author = by.Person,
                CreateTime = Now(),
                Reason = by.Reason,
                Changes = { PolicyDifference.Rules(inForce, compiled).Select(d => $"{d.RuleId}: {d.Change}") },
            };
            (state.LastVersion, state.CandidateVersion, state.CandidateName) = (created.Version, created.Version, created.Name);
            var known = state.Rules.Where(r => r.Version == state.BaseVersion).ToDictionary(r => r.RuleId, r => r.ContentHash, StringComparer.Ordinal);
            state.Rules.Add(compiled.Rules.Select(r => PolicyDocuments.StateOf(r, compiled, created.Version, PolicyStage.Draft))
                .Where(r => !r.ContentHash.Equals(known.GetValueOrDefault(r.RuleId))).Select(r => At(r, PolicyStage.Draft)));
            return new PolicyChange { Action = "version.created", Version = created.Version };
        }, () => new PolicyVersionRecord { Version = created, Document = document });
        return (created!, after); // the change was made, so it was set
    }

    /// <summary>Takes back the version on its way.</summary>
    public Task<PolicyState> WithdrawAsync(long version, PolicyActor by) => ChangeAsync(by, state =>
    {
        RequireCandidate(state, version);
        DropCandidate(state);
        return Task.FromResult<PolicyChange?>(new PolicyChange { Action = "version.withdrawn", Version = version });
    });

    /// <summary>Puts the version on its way in force as a whole.</summary>
    public Task<PolicyState> PromoteAsync(long version, PolicyActor by) => ChangeAsync(by, async state =>
    {
        RequireCandidate(state, version);
        var changed = state.Rules.Where(r => r.Version == version).ToList();
        var waiting = changed.Where(r => r.Stage != PolicyStage.Live).Select(r => $"{r.RuleId} is at {r.Stage}").ToList();
        if (waiting.Count > 0)
        {
            throw RpcErrors.Create(ErrorReason.PolicyGateClosed, ("missing", string.Join("; ", waiting)));
        }

        var compiled = await VersionAsync(version);
        var before = state.Rules.Where(r => r.Version == state.BaseVersion).ToDictionary(r => r.RuleId, StringComparer.Ordinal);
        var kept = compiled.Rules.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        if (changed.Exists(r => r.Strict) || before.Values.Any(r => r.Strict && !kept.Contains(r.RuleId)))
        {
            RequireAnother(by, await AuthorAsync(version));
        }

        var ready = changed.ToDictionary(r => r.RuleId, StringComparer.Ordinal);
        state.Rules.Clear();
        state.Rules.Add(compiled.Rules.Select(r => ready.GetValueOrDefault(r.Id) ?? before[r.Id]));
        foreach (var rule in state.Rules)
        {
            rule.Version = version;
        }

        (state.BaseVersion, state.BaseName) = (version, state.CandidateName);
        state.PastVersions.Add(version);
        DropCandidate(state);
        return new PolicyChange { Action = "version.promoted", Version = version };
    });

    /// <summary>Puts an earlier version in force again.</summary>
    public Task<PolicyState> RollBackAsync(long version, PolicyActor by) => ChangeAsync(by, async state =>
    {
        if (!state.PastVersions.Contains(version))
        {
            throw RpcErrors.Create(ErrorReason.PolicyVersionNotFound, ("version", $"{version}"));
        }

        if (version == state.BaseVersion)
        {
            throw RpcErrors.Create(ErrorReason.PolicyGateClosed, ("missing", "it is in force"));
        }

        var compiled = await VersionAsync(version);
        // What a breaker or a person has stopped stays stopped, or going back would be a way around it.
        var suspended = state.Rules.Where(r => r.Stage == PolicyStage.Suspended).ToLookup(r => r.RuleId, StringComparer.Ordinal);
        DropCandidate(state);
        state.Rules.Clear();
        state.Rules.Add(compiled.Rules.Select(r => PolicyDocuments.StateOf(r, compiled, version, PolicyStage.Live)).Select(r =>
        {
            var stopped = suspended[r.RuleId].FirstOrDefault();
            r.SuspendedReason = stopped?.SuspendedReason ?? "";
            return At(r, stopped is null ? PolicyStage.Live : PolicyStage.Suspended);
        }));
        (state.BaseVersion, state.BaseName) = (version, compiled.Version);
        return new PolicyChange { Action = "version.rolled-back", Version = version };
    });

    /// <summary>Works out a change on the present state, and makes it.</summary>
    /// <param name="by">Who, and what they saw.</param>
    /// <param name="change">Changes a copy of the state and says what it did; null when there is nothing to do.</param>
    /// <param name="version">A version that comes with it.</param>
    /// <param name="campaign">A campaign that changes with it, before and after.</param>
    private async Task<PolicyState> ChangeAsync(
        PolicyActor by, Func<PolicyState, Task<PolicyChange?>> change, Func<PolicyVersionRecord>? version = null,
        Func<(CampaignRecord? Before, CampaignRecord After)>? campaign = null)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var before = await ReadAsync();
            if (by.StateVersion != 0 && by.StateVersion != before.State.StateVersion)
            {
                throw StateChanged(before.State.StateVersion);
            }

            var after = before.Clone();
            if (await change(after.State) is not { } made)
            {
                return before.State;
            }

            (made.StateVersion, made.CreateTime, made.Actor, made.Reason) = (before.State.StateVersion + 1, Now(), by.Person, by.Reason);
            after.State.StateVersion = made.StateVersion;
            var changed = campaign?.Invoke();
            if (changed is { } record)
            {
                record.After.Campaign.StateVersion = made.StateVersion; // the same object as in the state, while it is there
            }

            if (after.ShareKey.IsEmpty)
            {
                after.ShareKey = PolicyStateStore.NewShareKey();
            }

            List<PolicyVersionRecord> versions = version is null ? [] : [version()];
            if (before.State.StateVersion == 0)
            {
                versions.Insert(0, FileVersion());
            }

            var entry = changed is { } pair ? EntryOf(made, pair.Before, pair.After) : EntryOf(made, before, after);
            switch (await store.TryChangeAsync(before, new PolicyChangeRecord { Change = made, After = after }, versions, changed?.After, entry))
            {
                case ChangeStatus.Changed:
                    await follower.PutAsync(after);
                    return after.State;
                case ChangeStatus.NameTaken:
                    throw RpcErrors.Create(ErrorReason.PolicyVersionExists, ("name", after.State.CandidateName), ("version", ""));
                default:
                    continue;
            }
        }

        throw StateChanged((await ReadAsync()).State.StateVersion);
    }

    private async Task<PolicyStateRecord> ReadAsync() => await store.ReadAsync() ?? PolicyDocuments.Initial(catalogue.File);

    private async Task<CompiledPolicy> VersionAsync(long version)
        => await library.FindAsync(version) ?? throw RpcErrors.Create(ErrorReason.PolicyVersionNotFound, ("version", $"{version}"));

    private async Task<string> AuthorAsync(long version) => (await store.FindVersionAsync(version))?.Version.Author ?? "";

    private async Task<PolicyVersion?> FindSameAsync(PolicyDocument document, string name)
    {
        if (await store.FindNameAsync(name) is not { } number || await store.FindVersionAsync(number) is not { } there)
        {
            // Before the first change the file's name is taken as well.
            return name != catalogue.File.Version || catalogue.Current.StateVersion != 0
                ? null
                : throw RpcErrors.Create(ErrorReason.PolicyVersionExists, ("name", name), ("version", "1"));
        }

        return there.Document.Equals(document)
            ? there.Version
            : throw RpcErrors.Create(ErrorReason.PolicyVersionExists, ("name", name), ("version", $"{number}"));
    }

    private PolicyVersionRecord FileVersion() => new()
    {
        Version = new PolicyVersion { Version = 1, Name = catalogue.File.Version, Author = "file", CreateTime = Now(), Reason = "The policy file." },
        Document = catalogue.FileDocument,
    };

    private Timestamp Now() => Timestamp.FromDateTimeOffset(time.NowToStore());

    private PolicyRuleState At(PolicyRuleState rule, PolicyStage stage)
    {
        (rule.Stage, rule.StageTime) = (stage, Now());
        return rule;
    }

    private static void DropCandidate(PolicyState state)
    {
        foreach (var rule in state.Rules.Where(r => r.Version != state.BaseVersion).ToList())
        {
            state.Rules.Remove(rule);
        }

        (state.CandidateVersion, state.CandidateName) = (0, "");
    }

    private static void RequireCandidate(PolicyState state, long version)
    {
        if (version == 0 || state.CandidateVersion != version)
        {
            throw RpcErrors.Create(ErrorReason.PolicyVersionNotFound, ("version", $"{version}"));
        }
    }

    private static void RequireAnother(PolicyActor by, string author)
    {
        if (by.Person == author)
        {
            throw RpcErrors.Create(ErrorReason.PolicySecondPersonRequired, ("person", author));
        }
    }

    private static Grpc.Core.RpcException StateChanged(long present) => RpcErrors.Create(ErrorReason.PolicyStateChanged, ("state_version", $"{present}"));

    private static AdminAuditEntry EntryOf(PolicyChange change, PolicyStateRecord before, PolicyStateRecord after) => new()
    {
        CreateTime = change.CreateTime,
        Actor = change.Actor,
        Action = "policy." + change.Action,
        Object = change.RuleId.Length > 0 ? $"policy/{change.Version}/{change.RuleId}" : $"policy/{change.Version}",
        BeforeHash = before.State.StateVersion == 0 ? ByteString.Empty : HashOf(before),
        AfterHash = HashOf(after),
    };

    private static AdminAuditEntry EntryOf(PolicyChange change, CampaignRecord? before, CampaignRecord after) => new()
    {
        CreateTime = change.CreateTime,
        Actor = change.Actor,
        Action = change.Action,
        Object = $"campaign/{change.CampaignId}",
        BeforeHash = before is null ? ByteString.Empty : HashOf(before),
        AfterHash = HashOf(after),
    };

    private static ByteString HashOf(IMessage record) => ByteString.CopyFrom(SHA256.HashData(record.ToByteArray()));
}
