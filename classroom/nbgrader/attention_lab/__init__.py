"""How nbgrader brings the course's exercises in order, runs them, and gives marks."""
