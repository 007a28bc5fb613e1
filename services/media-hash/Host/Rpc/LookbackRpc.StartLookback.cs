using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class LookbackRpc
{
    private const int MaxBanks = 16;
    private const int MaxTasks = 100_000;

    public override async Task<StartLookbackResponse> StartLookback(StartLookbackRequest request, ServerCallContext context)
    {
        Check(request);
        var person = Caller.Of(context).Subject;
        var id = IdOf(person, request.RequestId);
        if (await jobs.FindAsync(id) is { } before)
            return new StartLookbackResponse { Lookback = before.Lookback };
        var violations = new FieldViolations();
        for (var i = 0; i < request.Entries.Count; i++)
        {
            var entry = request.Entries[i];
            var row = await banks.FindAsync(new BankEntryKey(entry.BankId, entry.EntryId))
                ?? throw RpcErrors.Create(ErrorReason.BankEntryNotFound, ("entry_id", entry.EntryId));
            violations.Require(!row.Entry.Terms.IsNegative, $"entries[{i}]", "must not be a negative entry: it matches nothing");
        }
        violations.ThrowIfAny();
        return new StartLookbackResponse { Lookback = (await wishes.StartAsync(id, person, request)).Lookback };
    }

    // The same request of the same person is the same job.
    private static string IdOf(string person, string requestId) =>
        "lb_" + new Ulid(SHA256.HashData(Encoding.UTF8.GetBytes($"{person}\n{requestId}")).AsSpan(0, 16));

    private void Check(StartLookbackRequest request)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.RequestId, "request_id");
        violations.Require(request.Entries.Count + request.Banks.Count > 0, "entries", "must hold some, unless banks are named");
        violations.Require(request.Entries.Count <= LookbackWishes.MaxEntries, "entries", $"must be at most {LookbackWishes.MaxEntries}");
        violations.Require(request.Banks.Count <= MaxBanks, "banks", $"must be at most {MaxBanks}");
        violations.Require(request.MaxTasks is >= 0 and <= MaxTasks, "max_tasks", $"must be 1..{MaxTasks}, or 0 for the service's own limit");
        violations.Require(
            request.SinceTime is null || request.SinceTime.ToDateTimeOffset() <= time.GetUtcNow(), "since_time", "must not lie ahead");
        for (var i = 0; i < request.Entries.Count; i++)
        {
            foreach (var error in BankEntryRules.CheckKey(new BankEntryKey(request.Entries[i].BankId, request.Entries[i].EntryId), $"entries[{i}]."))
                violations.Add(error.Field, error.Description);
        }
        for (var i = 0; i < request.Banks.Count; i++)
        {
            foreach (var error in BankEntryRules.CheckBankId(request.Banks[i].BankId, $"banks[{i}].bank_id"))
                violations.Add(error.Field, error.Description);
        }
        violations.ThrowIfAny();
    }
}
