using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<ListDeadLettersResponse> ListDeadLetters(ListDeadLettersRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var size = PageSize(violations, request.PageSize, 100, 1000);
        var after = ReadToken(violations, request.PageToken, DeadLetterStore.IsId);
        await RequireEndpointAsync(request.TenantId, request.WebhookId, violations);

        var page = await letters.ListAsync(request.TenantId, request.WebhookId, after, size + 1);
        return new ListDeadLettersResponse
        {
            DeadLetters = { page.Take(size).Select(ToContract) },
            NextPageToken = page.Count > size ? Token(page[size - 1].Id) : "",
        };
    }

    private static DeadLetter ToContract(StoredLetter letter) => new()
    {
        DeadLetterId = letter.Id,
        EventId = letter.Held.EventId,
        EventType = letter.Held.EventType,
        AccountId = letter.Held.AccountId,
        Failure = letter.Held.Failure,
        HttpStatus = letter.Held.HttpStatus,
        Attempts = letter.Held.Attempts,
        FirstFailureTime = letter.Held.FirstFailureTime,
        DeadTime = letter.Held.DeadTime,
    };
}
