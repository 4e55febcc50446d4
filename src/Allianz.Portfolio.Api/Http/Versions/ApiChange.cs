using System.Text.Json.Serialization.Metadata;

namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>
/// What a version of the API changes in the JSON of one record. The record is written as the newest version has it; what the versions before
/// call it, or still show, follows from here: in answers, bodies, merge patches, problems and OpenAPI alike.
/// </summary>
/// <param name="Type">The record.</param>
/// <param name="Text">A sentence for the change log.</param>
internal abstract record ApiChange(Type Type, string Text)
{
    /// <summary>What those who read the version before no longer find, by its name in that version.</summary>
    public abstract string Gone { get; }

    /// <summary>Whether a version looks different from the record by this.</summary>
    /// <param name="made">Whether the version has this change already.</param>
    public abstract bool Concerns(bool made);

    /// <summary>Shapes the contract of the record for a version that it concerns.</summary>
    /// <param name="contract">As the later versions have it.</param>
    public abstract void Shape(JsonTypeInfo contract);

    /// <summary>Fails when the record has no such member, and takes the change back.</summary>
    /// <param name="names">Members as this version has them; afterwards as the one before had them.</param>
    public abstract void Check(ISet<string> names);

    /// <summary>A member has another name; the record has the new one.</summary>
    public static ApiChange Renamed<T>(string from, string to, string text) => new Rename(typeof(T), from, to, text);

    /// <summary>A member is gone. The record keeps it as long as a version is served that shows it.</summary>
    public static ApiChange Removed<T>(string member, string text) => new Removal(typeof(T), member, text);

    private static JsonPropertyInfo? Find(JsonTypeInfo contract, string name) => contract.Properties.FirstOrDefault(p => p.Name == name);

    private void Require(ISet<string> names, string name)
    {
        if (!names.Contains(name))
        {
            throw new InvalidOperationException($"A version of the API changes '{name}' of {Type}, but there is no such member.");
        }
    }

    private sealed record Rename(Type Type, string From, string To, string Text) : ApiChange(Type, Text)
    {
        public override string Gone => From;

        public override bool Concerns(bool made) => !made;

        public override void Shape(JsonTypeInfo contract)
        {
            if (Find(contract, To) is { } member)
            {
                member.Name = From;
            }
        }

        public override void Check(ISet<string> names)
        {
            Require(names, To);
            names.Remove(To);
            // Otherwise a name in a problem could mean the one or the other.
            if (!names.Add(From))
            {
                throw new InvalidOperationException(
                    $"'{From}' of {Type} is already the name of another member; a name that was given up cannot be used again."
                );
            }
        }
    }

    private sealed record Removal(Type Type, string Member, string Text) : ApiChange(Type, Text)
    {
        public override string Gone => Member;

        public override bool Concerns(bool made) => made;

        public override void Shape(JsonTypeInfo contract)
        {
            if (Find(contract, Member) is { } member)
            {
                contract.Properties.Remove(member);
            }
        }

        public override void Check(ISet<string> names) => Require(names, Member);
    }
}
