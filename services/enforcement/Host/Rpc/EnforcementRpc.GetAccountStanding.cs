using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    private const int MostPostMeasures = 500;

    public override async Task<GetAccountStandingResponse> GetAccountStanding(GetAccountStandingRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.AccountId, "account_id");
        violations.ThrowIfAny();
        var ledger = await ledgers.ReadAsync(Caller.TenantOf(context), request.AccountId);
        var standing = StandingFold.Fold(ledger.Entries, time.GetUtcNow());
        var next = StrikeLadder.Steps.Last(s => s.Level <= standing.Level + 1);
        return new GetAccountStandingResponse
        {
            AccountId = request.AccountId,
            Level = standing.Level,
            Strikes =
            {
                standing.Strikes.Reverse().Select(s => new Contracts.V1.ActiveStrike
                {
                    Category = (Contracts.V1.HarmCategory)s.Category,
                    DecisionIds = { s.DecisionIds },
                    Weight = s.Weight,
                    CreateTime = Timestamp.FromDateTimeOffset(s.Time),
                    ExpireTime = Timestamp.FromDateTimeOffset(s.Expiry),
                }),
            },
            AccountMeasures = { standing.AccountMeasures.Select(ToContract) },
            PostMeasures = { standing.PostMeasures.Reverse().Take(MostPostMeasures).Select(ToContract) },
            NextStep = new Contracts.V1.LadderStep
            {
                Level = next.Level,
                Kind = (Contracts.V1.MeasureKind)next.Kind,
                Days = (int)(next.Duration?.TotalDays ?? 0),
            },
        };
    }

    private static Contracts.V1.EffectiveMeasure ToContract(EffectiveMeasure measure) => new()
    {
        DecisionId = measure.DecisionId,
        PostId = measure.PostId,
        Kind = (Contracts.V1.MeasureKind)measure.Kind,
        Category = (Contracts.V1.HarmCategory)measure.Category,
        ClauseId = measure.ClauseId,
        StartTime = Timestamp.FromDateTimeOffset(measure.Start),
        EndTime = measure.End is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        FromLadder = measure.FromLadder,
        MeasureId = measure.MeasureId,
        Feature = measure.Feature,
    };
}
