using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>
/// Follows what decides: looks for changes twice a second, and puts a new state in place once all of it is read and compiled. What can't be had
/// leaves the last good one.
/// </summary>
internal sealed partial class PolicyFollower(
    PolicyStateStore store, PolicyLibrary library, PolicyCatalogue catalogue, IOptions<PolicyOptions> options, TimeProvider time, ILogger<PolicyFollower> logger)
    : BackgroundService
{
    private long _failed;
    private bool _isAway;

    /// <summary>Reads the present state before the first decision, so that a new replica never decides by an old policy.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryFollowAsync();
        if (catalogue.Current.Record.State is { StateVersion: > 0 } state && catalogue.File.Version != state.BaseName)
        {
            LogFileIgnored(catalogue.File.Version, state.BaseName, state.StateVersion);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Puts the present state in place, if it is another one.</summary>
    public async Task FollowAsync()
    {
        if (await store.StateVersionAsync() <= catalogue.Current.StateVersion || await store.ReadAsync() is not { } record)
        {
            return;
        }

        await PutAsync(record);
    }

    /// <summary>Puts a state in place that was just read or made.</summary>
    public async Task PutAsync(PolicyStateRecord record)
    {
        try
        {
            var snapshot = await library.SnapshotAsync(record)
                ?? throw new InvalidDataException($"State {record.State.StateVersion} names a version that is not there.");
            catalogue.Put(snapshot);
            LogFollowed(record.State.StateVersion, record.State.BaseName, record.State.CandidateName);
        }
        catch (InvalidDataException wrong)
        {
            if (Interlocked.Exchange(ref _failed, record.State.StateVersion) != record.State.StateVersion)
            {
                LogNotFollowed(wrong, record.State.StateVersion, catalogue.Current.StateVersion);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryFollowAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task TryFollowAsync()
    {
        try
        {
            await FollowAsync();
            _isAway = false;
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            // Once for each time that it is away, not twice a second.
            if (!_isAway)
            {
                LogUnavailable(failure.GetType().Name);
            }

            _isAway = true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogDefect(failure); // the last good policy goes on deciding, and the next round tries again
        }
    }

    [LoggerMessage(LogLevel.Information, "Decides by state {StateVersion}: {Policy} in force, on its way: {Candidate}")]
    private partial void LogFollowed(long stateVersion, string policy, string candidate);

    [LoggerMessage(LogLevel.Warning, "The policy file {FilePolicy} does not decide: the policy was changed since, and {Policy} is in force (state {StateVersion})")]
    private partial void LogFileIgnored(string filePolicy, string policy, long stateVersion);

    [LoggerMessage(LogLevel.Error, "State {StateVersion} of the policy can't be used; state {Current} goes on deciding")]
    private partial void LogNotFollowed(Exception wrong, long stateVersion, long current);

    [LoggerMessage(LogLevel.Warning, "Changes of the policy can't be looked for ({Cause}); the last one goes on deciding")]
    private partial void LogUnavailable(string cause);

    [LoggerMessage(LogLevel.Error, "Following the policy failed unexpectedly; the last one goes on deciding")]
    private partial void LogDefect(Exception failure);
}
