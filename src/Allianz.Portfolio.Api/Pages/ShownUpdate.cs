using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>A status update as it is shown.</summary>
/// <param name="Update">What was reported.</param>
/// <param name="Project">On what.</param>
internal sealed record ShownUpdate(StatusState Update, ProjectState Project)
{
    /// <summary>What the milestone of a forecast is called.</summary>
    public string TitleOf(ForecastState forecast) =>
        Project.Milestones.FirstOrDefault(m => m.Key == forecast.Milestone)?.Title ?? forecast.Milestone;
}
