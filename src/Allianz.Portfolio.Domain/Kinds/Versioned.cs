using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>
/// One state of something that the ledger keeps: a row of its kind's version table, whose columns are the properties that can be set. A new
/// state never overwrites the old one.
/// </summary>
public abstract record Versioned : IRevised
{
    /// <summary>Identity; the same for all states of a thing.</summary>
    [JsonIgnore]
    public Guid Id { get; init; } = Guid.CreateVersion7();

    // Null only on its way in: the ledger makes one from the title where none was given.
    /// <summary>Permanent, readable key, unique within its project or kind; made from the title or name when not given.</summary>
    [PortfolioKey, GivenOnce, JsonPropertyOrder(-1)]
    public string Key { get; init; } = null!;

    /// <summary>The revision that wrote the state; set by the ledger.</summary>
    [JsonIgnore]
    public long FromRevision { get; init; }

    /// <summary>The revision that closed the state; the largest bigint while it is current.</summary>
    [JsonIgnore]
    public long UntilRevision { get; init; }

    /// <summary>Random; set by the ledger. It goes when a text is taken out of the row, so that the old hash tells nothing about it.</summary>
    [JsonIgnore]
    public string? Salt { get; init; }

    /// <summary>Invented for demonstration (German: Beispieldaten).</summary>
    [JsonPropertyOrder(1)]
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    [JsonPropertyOrder(2)]
    public long Revision => FromRevision;

    /// <summary>With the columns that are made from others.</summary>
    public virtual Versioned Derived() => this;
}

/// <summary>A value of several fields that is kept within a thing and has no key of its own.</summary>
public interface IValue;

/// <summary>A state of something that belongs to a project.</summary>
public abstract record Part : Versioned
{
    /// <summary>Identity of the project.</summary>
    [JsonIgnore]
    public Guid ProjectId { get; init; }
}

/// <summary>
/// Who may see a thing of this kind. Every kind says one of the words below; the program does not start with one that says none. SQL, the
/// change feed, rights and tests ask for the word and for nothing else.
/// </summary>
public interface IVisible;

/// <summary>Whoever may see the project that it belongs to.</summary>
public interface IVisibleAsItsProject : IVisible;

/// <summary>Everybody.</summary>
public interface IVisibleToEverybody : IVisible;

/// <summary>The board and whoever prepares its meetings.</summary>
public interface IVisibleToBoard : IVisible;

/// <summary>Whoever it names; of a part of a project only those who may see the project.</summary>
public interface IVisibleByItself : IVisible
{
    /// <summary>The widest audience that may see it.</summary>
    Visibility Visibility { get; }
}

/// <summary>As <see cref="IVisibleByItself"/>; the partner that asks sees it in any case.</summary>
public interface IVisibleToWhoAsks : IVisibleByItself
{
    /// <summary>Key of the partner that asks.</summary>
    string? Partner { get; }
}
