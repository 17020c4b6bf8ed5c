"""What nobody may reach, whatever is asked, by whomever, in whatever state the machine is."""
