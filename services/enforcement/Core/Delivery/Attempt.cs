namespace Moderation.Enforcement.Delivery;

/// <summary>Why a delivery failed; the numbers are those of <c>DeliveryFailure</c> in the contract.</summary>
public enum DeliveryFault
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>No answer in time.</summary>
    Timeout = 1,

    /// <summary>No connection, or it broke.</summary>
    Connection = 2,

    /// <summary>An address that the installation does not deliver to.</summary>
    AddressRefused = 3,

    /// <summary>A redirect, which is not followed.</summary>
    Redirect = 4,

    /// <summary>The receiver does not take this event.</summary>
    Refused = 5,

    /// <summary>The receiver takes no event now.</summary>
    Unavailable = 6,

    /// <summary>The receiver wants no more events.</summary>
    Gone = 7,

    /// <summary>Not tried: an earlier event of the account is being retried.</summary>
    WaitsForEarlier = 8,
}

/// <summary>What became of one attempt.</summary>
/// <param name="Fault">Why it failed.</param>
/// <param name="HttpStatus">The status answered; 0 without an answer.</param>
/// <param name="RetryAfter">When the receiver asked to be tried again.</param>
public readonly record struct Attempt(DeliveryFault Fault, int HttpStatus = 0, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the receiver took the event.</summary>
    public bool Delivered => Fault == DeliveryFault.None;

    /// <summary>Whether the fault is the receiver's as a whole, and not about this event.</summary>
    public bool IsOfReceiver => Fault is not (DeliveryFault.None or DeliveryFault.Refused);

    /// <summary>
    /// What an HTTP status means. 400, 409, 413, 415 and 422 are about the event; a receiver that answers 401, 403 or 404 is misconfigured
    /// and would answer so to any event.
    /// </summary>
    public static Attempt OfStatus(int status, TimeSpan? retryAfter = null) => new(
        status switch
        {
            >= 200 and < 300 => DeliveryFault.None,
            >= 300 and < 400 => DeliveryFault.Redirect,
            410 => DeliveryFault.Gone,
            400 or 409 or 413 or 415 or 422 => DeliveryFault.Refused,
            _ => DeliveryFault.Unavailable,
        },
        status,
        retryAfter);
}
