using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class FieldsOfAction
{
    public static readonly SharedDeclaration<FieldOfAction> Kind = new()
    {
        Plural = "fields-of-action",
        Names = "FieldsOfAction",
        InAddress = "field",
        Resource = Resource.FieldOfAction,
        Order = ("NameSort", field => field.NameSort),
        KeyFrom = field => field.Name,
        KeyElse = "handlungsfeld",
        Rules = FieldOfAction.Rules,
        Uses = new(from =>
            $"""
                SELECT 'project' AS What, p.[Key] AS [Key]
                FROM {from.Projects("p")} WHERE p.FieldOfAction = @key
                UNION ALL SELECT 'indicator', i.[Key] FROM {from.Shared("Indicator", "i")} WHERE i.FieldsOfAction LIKE @packed ESCAPE '\'
                ORDER BY 1, 2 {from.Take}
                """
        ),
        Summaries = new(
            "Fields of action by name, page by page",
            "A field of action",
            "Add a field of action",
            "Change a field of action",
            "Delete a field of action that no project and no indicator uses; one that ran out gets a last day"
        ),
        New = new()
        {
            Key = "energie-und-umwelt",
            Name = "Energie und Umwelt",
            Taxonomy = "Masterplan 2016",
            ValidFrom = new(2016, 12, 1),
        },
        ChangeExample = new { validUntil = "2030-12-31" },
    };
}
