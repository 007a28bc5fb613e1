using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Effects;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EffectRpc
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;

    public override async Task<ListUnconfirmedEffectsResponse> ListUnconfirmedEffects(ListUnconfirmedEffectsRequest request, ServerCallContext context)
    {
        var (shard, after) = (0, (UnconfirmedEntry?)null);
        var violations = new FieldViolations();
        violations.Require(request.PageSize is >= 0 and <= LargestPage, "page_size", $"must be 1..{LargestPage}, or 0 for {DefaultPage}");
        violations.Require(request.PageToken.Length == 0 || TryRead(request.PageToken, out shard, out after), "page_token", "must be as answered by the call before");
        violations.ThrowIfAny();
        var (tenant, size) = (Caller.TenantOf(context), request.PageSize > 0 ? request.PageSize : DefaultPage);
        var response = new ListUnconfirmedEffectsResponse();
        for (var seen = 0; shard < keys.ShardCount; shard++, after = null)
        {
            var page = await store.ListAsync(tenant, shard, after, time.GetUtcNow() - options.Value.ConfirmWithin, size - seen);
            response.Decisions.Add((await Task.WhenAll(page.Select(e => store.FindAsync(e.DecisionId)))).OfType<KnownEffects>().Select(ToContract).Where(d => d.Effects.Count > 0));
            seen += page.Count;
            if (seen == size)
            {
                response.NextPageToken = string.Create(CultureInfo.InvariantCulture, $"{page[^1].TimeMs}/{page[^1].DecisionId}");
                break;
            }
        }

        return response;
    }

    private static UnconfirmedDecision ToContract(KnownEffects known) => new()
    {
        DecisionId = known.Record.Decision.DecisionId,
        PostId = known.Record.Decision.PostId,
        AccountId = known.Record.Decision.AccountId,
        CreateTime = known.Record.Decision.CreateTime,
        Effects = { EffectRules.Unconfirmed(known.Effects) },
    };

    private bool TryRead(string token, out int shard, out UnconfirmedEntry? after)
    {
        var parts = token.Split('/');
        (shard, after) = (parts.Length == 2 ? keys.ShardOfId(parts[1], 'd') ?? -1 : -1, null);
        if (shard < 0 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var time))
        {
            return false;
        }

        after = new UnconfirmedEntry(parts[1], time);
        return true;
    }
}
