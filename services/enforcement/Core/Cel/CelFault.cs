namespace Moderation.Enforcement.Cel;

/// <summary>Why an evaluation has no value.</summary>
public enum CelFaultCode
{
    /// <summary>There is a value.</summary>
    None,
    /// <summary>Division by zero.</summary>
    DivideByZero,
    /// <summary>Modulus by zero.</summary>
    ModulusByZero,
    /// <summary>The result does not fit its type.</summary>
    Overflow,
    /// <summary>No operator or function of that name takes these types.</summary>
    NoSuchOverload,
    /// <summary>The map has no such key.</summary>
    NoSuchKey,
    /// <summary>The index is outside of the list or string.</summary>
    IndexOutOfRange,
    /// <summary>The text or number can't be converted.</summary>
    InvalidConversion,
    /// <summary>A map literal names a key twice.</summary>
    DuplicateKey,
    /// <summary>A map key is not bool, int, uint or string.</summary>
    UnsupportedKey,
    /// <summary>The name is not bound to a value.</summary>
    UnboundName,
    /// <summary>The value is larger than a condition may build.</summary>
    TooLarge,
    /// <summary>An argument is not one that the function takes, such as a negative shift or a wrong format.</summary>
    InvalidArgument,
}

/// <summary>An evaluation that has no value, and where. A value type, so that a failing condition allocates nothing.</summary>
/// <param name="Code">Why.</param>
/// <param name="Position">The offset in the expression, in UTF-16 units from 0.</param>
public readonly record struct CelFault(CelFaultCode Code, int Position)
{
    /// <summary>Whether there is a fault at all.</summary>
    public bool IsSet => Code != CelFaultCode.None;

    /// <summary>Sets the fault unless an earlier one stands: the first error is the one that is reported.</summary>
    internal static void Raise(ref CelFault fault, CelFaultCode code, int position)
    {
        if (fault.Code == CelFaultCode.None)
            fault = new CelFault(code, position);
    }

    /// <summary>The fault in words.</summary>
    public string Describe() => Code switch
    {
        CelFaultCode.None => "no fault",
        CelFaultCode.DivideByZero => "division by zero",
        CelFaultCode.ModulusByZero => "modulus by zero",
        CelFaultCode.Overflow => "the result is out of range",
        CelFaultCode.NoSuchOverload => "no matching overload for these types",
        CelFaultCode.NoSuchKey => "no such key",
        CelFaultCode.IndexOutOfRange => "index out of range",
        CelFaultCode.InvalidConversion => "the value can't be converted",
        CelFaultCode.DuplicateKey => "repeated key in a map",
        CelFaultCode.UnsupportedKey => "unsupported key type",
        CelFaultCode.UnboundName => "the name is not bound",
        CelFaultCode.InvalidArgument => "the function does not take this argument",
        _ => "the value is too large",
    };
}
