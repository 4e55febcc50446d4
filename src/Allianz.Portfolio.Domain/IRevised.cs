namespace Allianz.Portfolio.Domain;

/// <summary>Something that knows the revision that last changed it.</summary>
public interface IRevised
{
    /// <summary>The revision that last changed it.</summary>
    long Revision { get; }
}
