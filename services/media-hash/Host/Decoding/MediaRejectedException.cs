namespace Moderation.MediaHash.Host.Decoding;

/// <summary>Why a medium can't be hashed; the names, in capitals with underscores, are the contract's.</summary>
internal enum RejectionDetail
{
    Empty,
    TooLarge,
    TooManyPixels,
    UnsupportedFormat,
    Truncated,
    Corrupt,
    TooLong,
    TooCostly,
}

/// <summary>The sender's medium can't be hashed. The message is for the log; the sender gets the detail.</summary>
internal sealed class MediaRejectedException(RejectionDetail detail, string message, Exception? cause = null) : Exception(message, cause)
{
    public RejectionDetail Detail { get; } = detail;

    /// <summary>The detail as the contract spells it.</summary>
    public string ContractDetail => Detail switch
    {
        RejectionDetail.Empty => "EMPTY",
        RejectionDetail.TooLarge => "TOO_LARGE",
        RejectionDetail.TooManyPixels => "TOO_MANY_PIXELS",
        RejectionDetail.UnsupportedFormat => "UNSUPPORTED_FORMAT",
        RejectionDetail.Truncated => "TRUNCATED",
        RejectionDetail.TooLong => "TOO_LONG",
        RejectionDetail.TooCostly => "TOO_COSTLY",
        _ => "CORRUPT",
    };
}
