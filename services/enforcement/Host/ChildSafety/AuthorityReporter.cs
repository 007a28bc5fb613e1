using System.IO.Hashing;
using System.Text;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>
/// Sends what people have confirmed to the authority's receiver: at least once each, with a stable id, until it is taken. Runs only where a
/// receiver is configured.
/// </summary>
internal sealed partial class AuthorityReporter(
    PreservationStore store, DecisionStore decisions, AuthorityReceiver receiver, IOptions<ChildSafetyOptions> options, TimeProvider time,
    ILogger<AuthorityReporter> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Sends all that is due now.</summary>
    /// <returns>How many were tried.</returns>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        // Longer than an attempt takes: what a dead replica had claimed comes back after that.
        var due = await store.ClaimDueAsync(options.Value.Report.Timeout * 2 + TimeSpan.FromMinutes(1));
        foreach (var id in due)
        {
            try
            {
                await SendAsync(id, cancellationToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException && !StoreFaults.IsUnavailable(failure))
            {
                LogDefect(failure, id); // its claim runs out, and others must not wait for it
            }
        }

        return due.Count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Report.IsOn)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                await SendDueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
            {
                LogUnavailable(failure.GetType().Name);
            }
        }
    }

    private async Task SendAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id) is not { } record)
        {
            LogExpired(id);
            await store.DropAsync(id);
            return;
        }

        var told = record.Preservation;
        if (told.ReportState is not (AuthorityReportState.Pending or AuthorityReportState.Failing))
        {
            await store.DropAsync(id);
            return;
        }

        if (await IsOverturnedAsync(told))
        {
            await store.EndAsync(told, AuthorityReportState.Cancelled, told.ReportAttempts);
            return;
        }

        var attempts = told.ReportAttempts + 1;
        var failure = await receiver.SendAsync(id, AuthorityReport.Write(record, options.Value.Report), cancellationToken);
        if (failure.Length == 0)
        {
            await store.EndAsync(told, AuthorityReportState.Sent, attempts);
            return;
        }

        LogFailed(id, attempts, failure);
        await store.FailAsync(id, attempts, failure, time.GetUtcNow() + AuthorityReportSchedule.WaitAfter(attempts, JitterOf(id, attempts)));
    }

    // A later decision of people, such as on appeal, found otherwise: nobody is reported for what was not there.
    private async Task<bool> IsOverturnedAsync(Preservation told)
    {
        var view = await decisions.ViewAsync(told.TenantId, told.AccountId, told.PostId, 0);
        return view.Current is { Decision.Automated: false } current && current.Decision.DecisionId != told.DecisionId
            && current.Decision.Supersedes == told.DecisionId && !Preservations.Concerns(current.Decision);
    }

    private static double JitterOf(string id, int attempts) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id), attempts) / (double)ulong.MaxValue;

    [LoggerMessage(LogLevel.Warning, "Report {ReportId} was not taken at attempt {Attempt} ({Failure}); it is tried again")]
    private partial void LogFailed(string reportId, int attempt, string failure);

    [LoggerMessage(LogLevel.Error, "Report {ReportId} could not be sent; it is tried again")]
    private partial void LogDefect(Exception failure, string reportId);

    [LoggerMessage(LogLevel.Error, "Report {ReportId} was not taken before its preservation ended")]
    private partial void LogExpired(string reportId);

    [LoggerMessage(LogLevel.Warning, "The store did not answer ({Kind}); reports are sent later")]
    private partial void LogUnavailable(string kind);
}
