using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    private const int MaxRedriven = 1000;

    public override async Task<RedriveDeadLettersResponse> RedriveDeadLetters(RedriveDeadLettersRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(
            request.DeadLetterIds.Count <= MaxRedriven && request.DeadLetterIds.All(DeadLetterStore.IsId),
            "dead_letter_ids", $"must be at most {MaxRedriven} ids as ListDeadLetters has them");
        await RequireEndpointAsync(request.TenantId, request.WebhookId, violations);

        var response = new RedriveDeadLettersResponse();
        var shards = new List<int>();
        foreach (var letter in await LettersAsync(request, response))
        {
            // One at a time: a call that is cut off has put back what it has put back, and the same call goes on.
            context.CancellationToken.ThrowIfCancellationRequested();
            if (await letters.RedriveAsync(request.TenantId, request.WebhookId, letter))
            {
                response.RedrivenCount++;
                shards.Add(letter.Held.Shard);
            }
            else
            {
                response.MissingIds.Add(letter.Id);
            }
        }

        await letters.RingAsync(request.TenantId, shards);
        return response;
    }

    private async Task<IReadOnlyList<StoredLetter>> LettersAsync(RedriveDeadLettersRequest request, RedriveDeadLettersResponse response)
    {
        if (request.DeadLetterIds.Count == 0)
        {
            return await letters.ListAsync(request.TenantId, request.WebhookId, "", MaxRedriven);
        }

        var found = new List<StoredLetter>();
        foreach (var id in request.DeadLetterIds.Distinct())
        {
            if (await letters.FindAsync(request.TenantId, request.WebhookId, id) is { } letter)
            {
                found.Add(letter);
            }
            else
            {
                response.MissingIds.Add(id);
            }
        }

        return found;
    }
}
