using System.Collections.Frozen;
using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Errors;

/// <summary>Errors as the contract defines them: one <see cref="ErrorInfo"/> each, all field violations at once.</summary>
public static class RpcErrors
{
    /// <summary>The <c>domain</c> of each <see cref="ErrorInfo"/>.</summary>
    public const string Domain = "moderation";

    /// <summary>
    /// Bytes of field violations in one error. They travel as a trailer, in base64: many clients and proxies take 8 KiB of headers, and one that is sent
    /// more sees a broken connection (UNAVAILABLE, which it tries again) instead of what is wrong.
    /// </summary>
    private const int MaxViolationBytes = 4096;

    private static readonly FrozenDictionary<ErrorReason, (string Name, Code Code)> Reasons = ReadReasons();

    /// <summary>Makes the exception for <paramref name="reason"/>; its gRPC status is the one that the contract gives the reason.</summary>
    /// <param name="reason">Why the call failed.</param>
    /// <param name="metadata">The metadata that the contract names for the reason. Never exception text, post text or secrets.</param>
    public static RpcException Create(ErrorReason reason, params ReadOnlySpan<(string Key, string Value)> metadata)
        => Create(reason, Message(reason), [], metadata);

    /// <summary>As above, with a message that says what would be right.</summary>
    public static RpcException Create(
        ErrorReason reason, string message, IReadOnlyCollection<FieldViolation> violations, params ReadOnlySpan<(string Key, string Value)> metadata)
    {
        var (name, code) = Reasons[reason];
        var info = new ErrorInfo { Domain = Domain, Reason = name };
        foreach (var (key, value) in metadata)
        {
            info.Metadata[key] = value;
        }

        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(info));
        if (violations.Count > 0)
        {
            var bad = new BadRequest();
            var bytes = 0;
            foreach (var (field, description) in violations)
            {
                bytes += Encoding.UTF8.GetByteCount(field) + Encoding.UTF8.GetByteCount(description);
                if (bytes > MaxViolationBytes && bad.FieldViolations.Count > 0)
                {
                    status.Message += $" {violations.Count - bad.FieldViolations.Count} more are left out here: mend these first.";
                    break;
                }

                bad.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
            }

            status.Details.Add(Any.Pack(bad));
        }

        return status.ToRpcException();
    }

    /// <summary>The reason that an error carries, or UNSPECIFIED when it is not one of ours.</summary>
    public static ErrorReason ReasonOf(RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var name = exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;
        return Reasons.FirstOrDefault(r => r.Value.Name == name).Key;
    }

    private static string Message(ErrorReason reason) => reason switch
    {
        ErrorReason.PrivateContentNotAccepted => "Only public posts are accepted: set post.audience to AUDIENCE_PUBLIC if the post is public.",
        ErrorReason.Unauthenticated => "The credential is missing, unknown, expired or revoked.",
        ErrorReason.AccessDenied => "This RPC does not take this kind of credential.",
        ErrorReason.RequestIdReused => "This request_id was used before with another body: use a new one.",
        ErrorReason.RevisionConflict => "This revision was submitted before with another content: send a higher post.revision.",
        ErrorReason.PostOfOtherAccount => "This post_id belongs to another account; a post never changes its account.",
        ErrorReason.PostNotFound => "There is no such post for this tenant.",
        ErrorReason.PostWithdrawn => "The post was withdrawn and takes no further revisions.",
        ErrorReason.DecisionNotFound => "There is no such decision for this tenant.",
        ErrorReason.MediaNotFound => "The media id is unknown or has expired: upload the bytes again.",
        ErrorReason.MediaRejected => "The media can't be hashed.",
        ErrorReason.Overloaded => "More posts are in flight than this replica takes: retry later.",
        ErrorReason.DependencyUnavailable => "A dependency can't be reached; nothing was acknowledged: retry with the same request_id.",
        ErrorReason.ResyncRequired => "The events after this cursor are no longer kept: read the state anew, then watch with an empty cursor.",
        ErrorReason.DecisionRefused => "The decision crosses a line that the suite holds.",
        ErrorReason.BankEntryNotFound => "There is no such bank entry.",
        ErrorReason.BankEntryChanged => "The entry was changed meanwhile: read it again, then decide anew.",
        ErrorReason.BankEntryConflict => "The entry exists with another value: remove it first or choose another entry_id.",
        ErrorReason.ApiKeyExists => "A key with this key_id exists: choose another.",
        ErrorReason.ApiKeyNotFound => "There is no key with this key_id.",
        ErrorReason.DeadlineExceeded => "The deadline passed before the post was durable: retry with the same request_id.",
        ErrorReason.ReviewTaskNotFound => "There is no such review task for you.",
        ErrorReason.NoReviewTask => "There is no task in these queues that you may take now: try again later.",
        ErrorReason.LeaseLost => "The lease has ended, is someone else's, or the task is done: lease again.",
        ErrorReason.LeadRequired => "Only a lead may decide this.",
        ErrorReason.AppealNotFound => "There is no such appeal for this tenant.",
        ErrorReason.NothingToAppeal => "The decision has no such measure, or it is not in force any more.",
        ErrorReason.AppealTooLate => "An appeal may be filed for six months after the decision.",
        ErrorReason.ReportNotFound => "There is no such report for this tenant.",
        ErrorReason.TrustedFlaggerNotFound => "The tenant has no such trusted flagger: leave trusted_flagger_id empty, or have an admin add it.",
        ErrorReason.TrustedFlaggerExists => "A trusted flagger with this id exists and differs: remove it first.",
        ErrorReason.OrderNotFound => "There is no such order for you.",
        ErrorReason.OrderOutsideTaxonomy => "An order must name a harm of the closed taxonomy (HarmCategory); there is none for opinion, dissent or criticism.",
        ErrorReason.PolicyInvalid => "The policy does not compile, or its golden cases do not hold.",
        ErrorReason.PolicyVersionExists => "A version of this name exists with another content: give the document another version.",
        ErrorReason.PolicyCandidateOpen => "Another version is on its way: promote or withdraw it first.",
        ErrorReason.PolicyStateChanged => "What decides has changed meanwhile: read the state again, then decide anew.",
        ErrorReason.PolicyVersionNotFound => "There is no such version, or not one that this can be done to.",
        ErrorReason.PolicyGateClosed => "The gate is closed: see what is missing.",
        ErrorReason.PolicySecondPersonRequired => "It takes another person than the one who wrote or proposed it.",
        ErrorReason.PolicyRuleNotFound => "Neither the version in force nor the one on its way has such a rule.",
        ErrorReason.PolicyOverrideNotFound => "There is no such override, or it has ended.",
        ErrorReason.CampaignNotFound => "There is no such campaign.",
        ErrorReason.CampaignExists => "A campaign of this id exists with another plan or author: choose another id.",
        ErrorReason.CampaignOver => "The campaign has ended, and nothing brings it back: create another one.",
        ErrorReason.PolicyNotReplayable => "The decision can't be replayed: a person made it, or what decided it is not known here.",
        ErrorReason.OrderConflict => "This reference was filed before about the same subject with another content.",
        ErrorReason.PreservationNotFound => "There is no such preservation record for you.",
        ErrorReason.ErasureNotFound => "There is no such erasure for this tenant.",
        ErrorReason.HoldNotFound => "There is no such legal hold for you.",
        ErrorReason.BulkJobNotFound => "There is no such bulk job for you.",
        ErrorReason.BulkCapExceeded => "More decisions were found than the cap allows; nothing was done: preview again, then raise the cap or narrow the selection.",
        ErrorReason.BulkNotUndoable => "Only a job that is done, decided something and was not undone before can be undone.",
        ErrorReason.TenantDenied => "This tenant is not yours to act for.",
        ErrorReason.RoleDenied => "This needs a role that the token does not give.",
        ErrorReason.ScopeDenied => "This API key was not made for this: use one with the scope that is named.",
        ErrorReason.ClearanceDenied => "This needs a clearance that the token does not give.",
        ErrorReason.ApiKeyRotating => "A rotation of this key is under way: wait until its old secret ends, or repeat with the request_id of that rotation.",
        ErrorReason.PathNotFound => "There is nothing at this path.",
        ErrorReason.MethodNotAllowed => "This path does not take this method.",
        ErrorReason.DecisionArchived => "The decision is not in the store and this replica has no archive: ask one that has.",
        ErrorReason.AuditChainNotFound => "There is no such chain: shard-<n> below the number of shards, or admin.",
        ErrorReason.AuditEntriesArchived => "These entries are in the archive, and this replica has none: ask one that has, or begin anew without a page_token.",
        ErrorReason.AuditCheckpointNotFound => "There is no such checkpoint in the store; older ones are in the archive.",
        ErrorReason.AuditArchiveBroken => "A file of the archive is damaged: modctl audit verify says which entry.",
        ErrorReason.WebhookNotFound => "There is no such webhook of this tenant.",
        ErrorReason.WebhookExists => "A webhook with this webhook_id exists: choose another.",
        ErrorReason.WebhookChanged => "The webhook was changed since this etag was read: read it again.",
        ErrorReason.DeliveryOff => "This installation does not deliver webhooks: set Delivery:Webhooks:Enabled.",
        ErrorReason.WebhookLimitReached => "The tenant has as many webhooks as it may have: delete one first.",
        ErrorReason.TextListEntryNotFound => "The list has no such entry.",
        ErrorReason.TextListEntryConflict => "The list has an entry of this id with another content: remove it first or choose another entry_id.",
        ErrorReason.FactCheckNotFound => "There is no such fact-check.",
        ErrorReason.LookbackNotFound => "There is no such look-back; one that ended is kept for 90 days.",
        ErrorReason.TextModelNotFound => "There is no such text model in the folders of this replica.",
        ErrorReason.TextModelUnusable => "The text model can't be used as it lies in its folder; nothing was changed.",
        ErrorReason.TextModelIsLive => "This text model is live: make another one live instead.",
        ErrorReason.TextModelsChanged => "Text models were switched since this etag was read: read them again.",
        ErrorReason.TextModelLimitReached => "There are as many shadows as there may be: switch one off first.",
        ErrorReason.InvalidFields => "One or more fields are wrong.",
        _ => "Internal error.",
    };

    private static FrozenDictionary<ErrorReason, (string, Code)> ReadReasons()
        => ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason)).Values
            .Where(v => v.Number != 0)
            .ToFrozenDictionary(
                v => (ErrorReason)v.Number,
                v => (v.Name["ERROR_REASON_".Length..], (Code)v.GetOptions().GetExtension(AccessExtensions.StatusCode)));
}
